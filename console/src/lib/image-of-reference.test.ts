// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { imageOfReference } from "./image-of-reference.ts";

it.each([
  { reference: "127.0.0.1:5000/team/app:1.0", want: "team/app:1.0" },
  { reference: `127.0.0.1:5000/team/app@sha256:${"0".repeat(64)}`, want: `team/app@sha256:${"0".repeat(64)}` },
  { reference: "docker.io/library/debian:12", want: undefined },
  { reference: "127.0.0.1:5000/team/app", want: undefined },
  { reference: "127.0.0.1:50001/team/app:1.0", want: undefined },
])("$reference leads to $want", ({ reference, want }) => {
  expect(imageOfReference(reference, "127.0.0.1:5000")).toBe(want);
});

it("without a known registry nothing is ours", () => {
  expect(imageOfReference("/team/app:1", "")).toBeUndefined();
});
