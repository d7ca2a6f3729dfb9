// SPDX-License-Identifier: Apache-2.0
import type { AffectedRange } from "#advisories";

/** A stretch as people write it: `>= 1.0.0, < 1.2.3`, `<= 2.0`, `*` for every version. */
export function rangeText(range: AffectedRange): string {
  const parts = [
    ...(range.introduced === "0" ? [] : [`>= ${range.introduced}`]),
    ...(range.fixed === undefined ? [] : [`< ${range.fixed}`]),
    ...(range.lastAffected === undefined ? [] : [`<= ${range.lastAffected}`]),
    ...(range.limit === undefined ? [] : [`< ${range.limit}`]),
  ];
  return parts.length === 0 ? "*" : parts.join(", ");
}
