// SPDX-License-Identifier: Apache-2.0

/** Kept back for the way of the answer: at most this, and never more than a quarter of the time. */
const MAX_MARGIN_MS = 500;
/** The API server allows 30 s at most; no request holds resources for longer. */
const MAX_TIMEOUT_MS = 30_000;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** How long a review may take: the API server's `?timeout=` (a Go duration such as `10s`), else the default, less a margin. */
export function reviewTimeMs(timeout: string | null, defaultMs: number): number {
  const asked = Math.min(parseGoDurationMs(timeout ?? "") ?? defaultMs, MAX_TIMEOUT_MS);
  return asked - Math.min(MAX_MARGIN_MS, asked / 4);
}

function parseGoDurationMs(text: string): number | undefined {
  if (text.length > 32 || !/^(?:[0-9]{1,9}(?:\.[0-9]{1,9})?(?:ms|s|m|h))+$/.test(text)) {
    return undefined;
  }
  let totalMs = 0;
  for (const [, count, unit] of text.matchAll(/([0-9.]+)(ms|s|m|h)/g)) {
    totalMs += Number(count) * (UNIT_MS[unit ?? ""] ?? Number.NaN);
  }
  return totalMs > 0 ? totalMs : undefined;
}
