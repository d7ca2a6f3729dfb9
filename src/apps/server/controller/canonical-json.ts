// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";

/** JSON with sorted keys: equal values have equal text, whatever the order in which their fields came. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => compareText(a, b)))
      : each,
  );
}
