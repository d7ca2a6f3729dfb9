// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { ScanJob } from "../../api/generated/api.ts";
import { isRetryable, readScanSearch, secondsOf } from "./model.ts";

const JOB: ScanJob = {
  id: 1,
  digest: "sha256:0",
  names: ["team/app:1.0"],
  reason: "push",
  state: "failed",
  attempts: 1,
  doneBytes: 0,
  totalBytes: 0,
  requestedAt: "2026-11-22T00:00:00Z",
  isStoppable: false,
};

describe("the address of the list of scans", () => {
  it("says what is looked for, and nothing else", () => {
    expect(readScanSearch({ state: "failed", reason: "push", repository: "team/app", before: "12", x: 1 })).toEqual({
      state: "failed",
      reason: "push",
      repository: "team/app",
      before: 12,
    });
    expect(readScanSearch({ state: "nonsense", reason: 1, repository: "", before: -1 })).toEqual({});
  });
});

it.each<{ readonly name: string; readonly change: Partial<ScanJob>; readonly expected: boolean }>([
  { name: "failed", change: {}, expected: true },
  { name: "stopped", change: { state: "cancelled" }, expected: true },
  { name: "done", change: { state: "done" }, expected: false },
  { name: "of another registry", change: { reason: "admission" }, expected: false },
  { name: "of an image that is gone", change: { names: [] }, expected: false },
])("a scan that $name can be tried again: $expected", ({ change, expected }) => {
  expect(isRetryable({ ...JOB, ...change })).toBe(expected);
});

it("how long a scan took is known when it is over", () => {
  const startedAt = "2026-11-22T00:00:00.000Z";
  expect(secondsOf({ startedAt })).toBeUndefined();
  expect(secondsOf({ startedAt, finishedAt: "2026-11-22T00:00:01.260Z" })).toBe(1.3);
});
