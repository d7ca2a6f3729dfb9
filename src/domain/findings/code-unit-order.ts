// SPDX-License-Identifier: Apache-2.0

/** Orders texts by their UTF-16 code units: the same on every machine, unlike an order that depends on the language. */
export function inCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
