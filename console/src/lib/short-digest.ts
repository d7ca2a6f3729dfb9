// SPDX-License-Identifier: Apache-2.0

/** The first twelve digits of a digest, as container tools show it. */
export function shortDigest(digest: string): string {
  return digest.slice(digest.indexOf(":") + 1).slice(0, 12);
}
