// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { formatDuration, imageOfDecision } from "./model.ts";

it.each([
  { reference: "127.0.0.1:5000/team/app:1.0", want: "team/app:1.0" },
  { reference: `127.0.0.1:5000/team/app@sha256:${"0".repeat(64)}`, want: `team/app@sha256:${"0".repeat(64)}` },
  { reference: "docker.io/library/debian:12", want: undefined },
  { reference: "127.0.0.1:5000/team/app", want: undefined },
  { reference: "127.0.0.1:50001/team/app:1.0", want: undefined },
])("$reference leads to $want", ({ reference, want }) => {
  expect(imageOfDecision({ reference, gate: "registry" }, "127.0.0.1:5000")).toBe(want);
});

it.each([
  { ms: 0.4, want: "0 ms" },
  { ms: 999, want: "999 ms" },
  { ms: 1_250, want: "1.3 s" },
])("$ms ms read as $want", ({ ms, want }) => {
  expect(formatDuration(ms)).toBe(want);
});
