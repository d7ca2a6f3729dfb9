// SPDX-License-Identifier: Apache-2.0

/** Times of a supervised watch, in milliseconds. */
export interface WatchTiming {
  /** Before the first try after a failure; doubles with each further one. */
  readonly firstRetryMs: number;
  readonly maxRetryMs: number;
  /** Between questions for a kind that is not installed. */
  readonly absentMs: number;
  /** API servers send a bookmark about every minute: a connection without any byte for longer is lost. */
  readonly silenceMs: number;
  /** How long the server shall keep one watch open; up to half as long again, so that not all begin anew at once. */
  readonly watchMs: number;
  /** A watch that lived this long was a good one: the next failure is a first one again. */
  readonly goodMs: number;
}

export const WATCH_TIMING: WatchTiming = {
  firstRetryMs: 100,
  maxRetryMs: 15_000,
  absentMs: 15_000,
  silenceMs: 75_000,
  watchMs: 300_000,
  goodMs: 5_000,
};

/** How long to wait after so many failures in a row (from 1): half of it is fixed, half random. */
export function retryDelayMs(
  failures: number,
  timing: Pick<WatchTiming, "firstRetryMs" | "maxRetryMs">,
  random: () => number,
): number {
  const fullMs = Math.min(timing.maxRetryMs, timing.firstRetryMs * 2 ** Math.min(failures - 1, 30));
  return fullMs / 2 + (fullMs / 2) * random();
}
