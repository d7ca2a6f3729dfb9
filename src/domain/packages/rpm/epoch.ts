// SPDX-License-Identifier: Apache-2.0

/** `[epoch:]version-release`; an epoch of 0 is left out. */
export function withEpoch(epoch: number, version: string): string {
  return epoch === 0 ? version : `${epoch}:${version}`;
}
