// SPDX-License-Identifier: Apache-2.0

const MAX_QUOTED = 100;

/** Foreign text as it may stand in a message: short, quoted, control characters escaped. Of anything else, its type. */
export function quote(value: unknown): string {
  if (typeof value !== "string") {
    return value === undefined ? "(none)" : typeof value;
  }
  return JSON.stringify(value.length > MAX_QUOTED ? `${value.slice(0, MAX_QUOTED)}…` : value);
}

/** The order of UTF-16 units, which is the same everywhere; for `toSorted`. */
export function compareText(a: string, b: string): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}
