// SPDX-License-Identifier: Apache-2.0

/** A distance in time as people say it. */
export interface RelativeTime {
  readonly value: number;
  readonly unit: "second" | "minute" | "hour" | "day" | "month" | "year";
}

const UNITS: readonly (readonly [RelativeTime["unit"], number])[] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** The distance from `now` to `then` (both in ms) in the largest unit that fits; under a minute is "now". */
export function toRelativeTime(then: number, now: number): RelativeTime {
  const seconds = (then - now) / 1_000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) {
      return { value: Math.trunc(seconds / size), unit };
    }
  }
  return { value: 0, unit: "second" };
}
