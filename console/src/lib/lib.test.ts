// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { formatBytes } from "./format-bytes.ts";
import { toRelativeTime } from "./relative-time.ts";
import { shortDigest } from "./short-digest.ts";

it.each([
  { bytes: 0, want: "0 B" },
  { bytes: 999, want: "999 B" },
  { bytes: 1_000, want: "1.0 kB" },
  { bytes: 52_392_000, want: "52.4 MB" },
  { bytes: 523_920_000, want: "524 MB" },
  { bytes: 5e18, want: "5000000 TB" },
])("$bytes bytes read as $want", ({ bytes, want }) => {
  expect(formatBytes(bytes)).toBe(want);
});

it.each([
  { seconds: 0, value: 0, unit: "second" },
  { seconds: -59, value: 0, unit: "second" },
  { seconds: -61, value: -1, unit: "minute" },
  { seconds: -7_300, value: -2, unit: "hour" },
  { seconds: -86_400 * 3, value: -3, unit: "day" },
  { seconds: -86_400 * 400, value: -1, unit: "year" },
])("$seconds s from now are $value $unit", ({ seconds, value, unit }) => {
  expect(toRelativeTime(seconds * 1_000, 0)).toEqual({ value, unit });
});

it("a digest is shown by its first twelve digits", () => {
  expect(shortDigest(`sha256:${"0123456789abcdef".repeat(4)}`)).toBe("0123456789ab");
});
