// SPDX-License-Identifier: Apache-2.0

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A hundred years: more is a slip, and would leave the range of dates. */
const MAX_DURATION_MS = 36_525 * 86_400_000;

/** Milliseconds of a duration such as `30d`, `12h`, `1d12h`; `undefined` when the text is not one or is not positive. */
export function parseDurationMs(text: string): number | undefined {
  if (text.length > 64 || !/^(?:[0-9]+[smhdw])+$/.test(text)) {
    return undefined;
  }
  let totalMs = 0;
  for (const [, count, unit] of text.matchAll(/([0-9]+)([smhdw])/g)) {
    totalMs += Number(count) * (UNIT_MS[unit ?? ""] ?? Number.NaN);
  }
  return totalMs > 0 && totalMs <= MAX_DURATION_MS ? totalMs : undefined;
}
