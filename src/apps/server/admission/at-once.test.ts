// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { allAtOnce, follow } from "./at-once.ts";

it("follows at once from what is known, and later from what is not", async () => {
  expect(follow(1, (value) => value + 1)).toBe(2);
  const later = follow(Promise.resolve(1), (value) => value + 1);
  expect(later).toBeInstanceOf(Promise);
  expect(await later).toBe(2);
});

it("does not follow from a failure", async () => {
  const failed = follow(Promise.reject<number>(new Error("no answer")), () => "allowed");
  await expect(failed).rejects.toThrow("no answer");
});

it("waits for all when one of them is not known yet, and keeps the order", async () => {
  expect(allAtOnce([1, 2])).toEqual([1, 2]);
  const all = allAtOnce([Promise.resolve(1), 2, Promise.resolve(3)]);
  expect(all).toBeInstanceOf(Promise);
  expect(await all).toEqual([1, 2, 3]);
});

it("fails as a whole when one of them fails", async () => {
  await expect(allAtOnce([1, Promise.reject<number>(new Error("no answer"))])).rejects.toThrow("no answer");
});
