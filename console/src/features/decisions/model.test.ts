// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { formatDuration, readDecisionSearch, toDecisionQuery } from "./model.ts";

it.each([
  { ms: 0.4, want: "0 ms" },
  { ms: 999, want: "999 ms" },
  { ms: 1_250, want: "1.3 s" },
])("$ms ms read as $want", ({ ms, want }) => {
  expect(formatDuration(ms)).toBe(want);
});

it("an address says what to search, and nonsense in it is left out", () => {
  expect(
    readDecisionSearch({ text: 100, outcome: "deny", period: "day", before: "7", user: "", namespace: ["x"] }),
  ).toEqual({
    text: "100",
    outcome: "deny",
    period: "day",
    before: 7,
  });
  expect(readDecisionSearch({ outcome: "maybe", period: "eternity", before: -1, image: null })).toEqual({});
});

it("a search is a question to the server: digests and names apart, and since when", () => {
  const now = new Date("2026-11-22T10:00:00.000Z");
  const digest = `sha256:${"0".repeat(64)}`;
  expect(toDecisionQuery({ image: digest, user: "alice", period: "hour" }, now)).toEqual({
    digest,
    actor: "alice",
    since: "2026-11-22T09:00:00.000Z",
  });
  expect(toDecisionQuery({ image: "a:1", before: 3 }, now)).toEqual({ reference: "a:1", before: 3 });
});
