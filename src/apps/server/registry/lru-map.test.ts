// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { LruMap } from "./lru-map.ts";

it("forgets what was not used for longest", () => {
  const map = new LruMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  expect(map.get("a")).toBe(1);
  map.set("c", 3);
  expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([1, undefined, 3]);
});

it("counts weights, also of replaced and deleted entries", () => {
  const map = new LruMap<string, number>(10);
  map.set("a", 1, 6);
  map.set("a", 2, 4);
  map.set("b", 3, 6);
  expect([map.get("a"), map.get("b")]).toEqual([2, 3]);
  map.delete("b");
  map.set("c", 4, 6);
  expect([map.get("a"), map.get("c")]).toEqual([2, 4]);
});

it("does not keep an entry heavier than itself, and forgets the older value of that key", () => {
  const map = new LruMap<string, number>(10);
  map.set("a", 1);
  map.set("a", 2, 11);
  expect(map.get("a")).toBeUndefined();
  map.set("b", 3, 10);
  map.clear();
  map.set("c", 4, 10);
  expect([map.get("b"), map.get("c")]).toEqual([undefined, 4]);
});
