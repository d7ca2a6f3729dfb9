// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { reviewTimeMs } from "./review-deadline.ts";

it.each([
  { name: "the API server's time less a margin", timeout: "10s", want: 9_500 },
  { name: "a short time, of which a quarter is kept back", timeout: "1s", want: 750 },
  { name: "fractions", timeout: "1.5s", want: 1_125 },
  { name: "several units", timeout: "0m2s500ms", want: 2_000 },
  { name: "no more than the API server ever waits", timeout: "10h", want: 29_500 },
  { name: "the default where none is named", timeout: null, want: 4_500 },
  { name: "the default for what is no duration", timeout: "soon", want: 4_500 },
  { name: "the default for a number without unit", timeout: "10", want: 4_500 },
  { name: "the default for nothing", timeout: "0s", want: 4_500 },
  { name: "the default for a negative time", timeout: "-5s", want: 4_500 },
])("$name: $timeout", ({ timeout, want }) => {
  expect(reviewTimeMs(timeout, 5_000)).toBe(want);
});
