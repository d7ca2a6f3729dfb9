// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { signatureWording } from "./signature-wording.ts";

it.each([
  { summary: { state: "bad" }, want: "bad" },
  { summary: { state: "bad", note: "not-supported" }, want: "not-supported" },
  { summary: { state: "bad", note: "not-signed" }, want: "none" },
  { summary: { state: "none", note: "other-kind" }, want: "other-kind" },
  { summary: { state: "none" }, want: "none" },
] as const)("$summary is told as $want", ({ summary, want }) => {
  expect(signatureWording(summary)).toBe(want);
});
