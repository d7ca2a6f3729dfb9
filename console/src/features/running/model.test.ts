// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { readRunningSearch, standingWord, toRunningQuery } from "./model.ts";

it("an address says what to search, and nonsense in it is left out", () => {
  expect(readRunningSearch({ text: "web", outcome: "deny", ungated: true, page: "2" })).toEqual({
    text: "web",
    outcome: "deny",
    ungated: true,
    page: 2,
  });
  expect(readRunningSearch({ outcome: 1, ungated: "yes", page: 0.5, namespace: {} })).toEqual({});
});

it("a page is an offset", () => {
  expect(toRunningQuery({ page: 3, ungated: true })).toEqual({ limit: 50, offset: 100, neverAdmitted: "true" });
});

it.each([
  { standing: "admitted", want: "admitted" },
  { standing: "pending", want: "pending" },
  { standing: "no-record", want: "never" },
  { standing: "static-pod", want: "never" },
] as const)("$standing reads as $want", ({ standing, want }) => {
  expect(standingWord({ standing })).toBe(want);
});
