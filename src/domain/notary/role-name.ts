// SPDX-License-Identifier: Apache-2.0

/** The role of released targets, which docker's client asks first. */
export const RELEASES_ROLE = "targets/releases";

const DELEGATION = /^targets(?:\/[-a-z0-9_]+)+$/;
const MAX_ROLE_LENGTH = 255;

/** Whether the text names a delegation (Notary, `IsDelegation`): lower case, digits, `-` and `_` in parts below `targets`. */
export function isDelegationName(name: string): boolean {
  return name.length <= MAX_ROLE_LENGTH && DELEGATION.test(name);
}

/** The role that delegates to this one: `targets/a` for `targets/a/b`. */
export function parentOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/"));
}
