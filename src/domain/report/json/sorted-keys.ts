// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";

/** A copy whose keys are in order; `Object.fromEntries` makes own properties, so a key `__proto__` is only a key. */
export function withSortedKeys<Value>(record: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => compareText(a, b)));
}
