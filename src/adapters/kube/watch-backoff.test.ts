// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { retryDelayMs } from "./watch-backoff.ts";

const TIMING = { firstRetryMs: 100, maxRetryMs: 15_000 };

it.each([
  { failures: 1, random: 0, want: 50 },
  { failures: 1, random: 1, want: 100 },
  { failures: 2, random: 1, want: 200 },
  { failures: 5, random: 0, want: 800 },
  { failures: 9, random: 1, want: 15_000 },
  { failures: 100_000, random: 1, want: 15_000 },
])("after $failures failures and with $random it waits $want ms", ({ failures, random, want }) => {
  expect(retryDelayMs(failures, TIMING, () => random)).toBe(want);
});
