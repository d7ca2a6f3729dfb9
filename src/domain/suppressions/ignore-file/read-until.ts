// SPDX-License-Identifier: Apache-2.0
import type { IgnoreFileProblems } from "./ignore-file-problem.ts";

/**
 * The end of an entry of an ignore file, from its fields `until` and `permanent`; `undefined` for a permanent one, and when it is wrong (then
 * `problems` says what). A day holds to its end in UTC, everywhere on earth the same; a time is taken as it is.
 */
export function readUntil(
  fields: ReadonlyMap<string, unknown>,
  where: string,
  problems: IgnoreFileProblems,
): string | undefined {
  const until = fields.get("until");
  const permanent = fields.get("permanent");
  if (permanent !== undefined && typeof permanent !== "boolean") {
    problems.add(where, "permanent");
  }
  if (until === undefined) {
    if (permanent !== true) {
      problems.add(where, "until");
    }
    return undefined;
  }
  if (permanent === true) {
    problems.add(where, "both");
  }
  const text = typeof until === "string" && /^\d{4}-\d\d-\d\d$/.test(until) ? `${until}T23:59:59Z` : until;
  if (typeof text !== "string" || !isInstant(text)) {
    problems.add(where, "day");
    return undefined;
  }
  return text;
}

function isInstant(text: string): boolean {
  const day = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.exec(text)?.[1];
  if (day === undefined || Number.isNaN(Date.parse(text))) {
    return false;
  }
  // February 31 is a day of March for Date.parse and in no calendar
  const start = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(start) && new Date(start).toISOString().startsWith(day);
}
