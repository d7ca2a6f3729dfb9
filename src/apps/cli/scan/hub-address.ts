// SPDX-License-Identifier: Apache-2.0

/** Whether a value of `--vex` is the address of a hub, and no file. */
export function isHubAddress(value: string): boolean {
  return /^https?:\/\//i.test(value);
}
