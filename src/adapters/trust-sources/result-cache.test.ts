// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import type { SignatureResult, SignatureState } from "#signatures";
import { ResultCache } from "./result-cache.ts";

const DIGEST = digestOf("image");
const START = new Date("2026-06-01T00:00:00Z");
const LIFETIMES = { verified: 100_000, none: 10_000, bad: 20_000, unknown: 1_000 };

function result(state: SignatureState, validUntil?: string): SignatureResult {
  return {
    requirement: "r",
    digest: DIGEST,
    state,
    signatures: [],
    problems: [],
    ...(validUntil ? { validUntil } : {}),
  };
}

function after(ms: number): Date {
  return new Date(START.getTime() + ms);
}

/** Answers with the states one after the other; says how often it was asked. */
function finder(...states: SignatureState[]) {
  let asked = 0;
  return {
    find: () => {
      asked += 1;
      return Promise.resolve(result(states[asked - 1] ?? "unknown"));
    },
    asked: () => asked,
  };
}

describe("ResultCache", () => {
  it.each([
    { state: "verified" as const, lives: 100_000 },
    { state: "none" as const, lives: 10_000 },
    { state: "bad" as const, lives: 20_000 },
    { state: "unknown" as const, lives: 1_000 },
  ])("$state is told again for $lives ms and then looked for again", async ({ state, lives }) => {
    const cache = new ResultCache(LIFETIMES, 10);
    const { find, asked } = finder(state, "bad");
    expect((await cache.get("k", DIGEST, START, find)).state).toBe(state);
    expect((await cache.get("k", DIGEST, after(lives - 1), find)).state).toBe(state);
    expect(asked()).toBe(1);
    expect((await cache.get("k", DIGEST, after(lives), find)).state).toBe("bad");
  });

  it("unknown never becomes anything by itself: it is looked for again", async () => {
    const cache = new ResultCache(LIFETIMES, 10);
    const { find } = finder("unknown", "verified");
    expect((await cache.get("k", DIGEST, START, find)).state).toBe("unknown");
    expect((await cache.get("k", DIGEST, after(500), find)).state).toBe("unknown");
    expect((await cache.get("k", DIGEST, after(1_500), find)).state).toBe("verified");
  });

  it.each([
    { name: "ends with what it rests on", validUntil: after(5_000).toISOString() },
    { name: "is not kept when that cannot be read", validUntil: "soon" },
    { name: "is not kept when that has ended", validUntil: after(-1).toISOString() },
  ])("a verified result $name", async ({ validUntil }) => {
    const cache = new ResultCache(LIFETIMES, 10);
    let asked = 0;
    const find = () => {
      asked += 1;
      return Promise.resolve(result("verified", validUntil));
    };
    await cache.get("k", DIGEST, START, find);
    await cache.get("k", DIGEST, after(5_000), find);
    expect(asked).toBe(2);
  });

  it("a clock that was set back does not make a result live on", async () => {
    const cache = new ResultCache(LIFETIMES, 10);
    const { find, asked } = finder("verified", "bad");
    await cache.get("k", DIGEST, START, find);
    await cache.get("k", DIGEST, after(-3_600_000), find);
    expect(asked()).toBe(2);
  });

  it("looks once for many who ask at the same time", async () => {
    const cache = new ResultCache(LIFETIMES, 10);
    const { find, asked } = finder("verified");
    const all = await Promise.all(Array.from({ length: 20 }, () => cache.get("k", DIGEST, START, find)));
    expect(new Set(all).size).toBe(1);
    expect(asked()).toBe(1);
  });

  it("what was on its way while something was attached is told to who waited, and not kept", async () => {
    const cache = new ResultCache(LIFETIMES, 10);
    const { promise, resolve } = Promise.withResolvers<SignatureResult>();
    const first = cache.get("k", DIGEST, START, () => promise);
    cache.forget(DIGEST);
    const second = cache.get("k", DIGEST, START, () => Promise.resolve(result("verified")));
    resolve(result("none"));
    expect([(await first).state, (await second).state]).toEqual(["none", "verified"]);
    expect((await cache.get("k", DIGEST, after(1), () => Promise.resolve(result("bad")))).state).toBe("verified");
  });

  it("forgets one image, and no other", async () => {
    const cache = new ResultCache(LIFETIMES, 10);
    const other = digestOf("other");
    await cache.get("a", DIGEST, START, () => Promise.resolve(result("none")));
    await cache.get("b", other, START, () => Promise.resolve(result("none")));
    cache.forget(DIGEST);
    const { find, asked } = finder("verified", "verified");
    await cache.get("a", DIGEST, START, find);
    await cache.get("b", other, START, find);
    expect(asked()).toBe(1);
  });

  it("keeps no more than it may", async () => {
    const cache = new ResultCache(LIFETIMES, 2);
    const { find, asked } = finder();
    for (const key of ["a", "b", "c", "a"]) {
      await cache.get(key, DIGEST, START, find);
    }
    expect(asked()).toBe(4);
  });

  it("a search that fails is not kept", async () => {
    const cache = new ResultCache(LIFETIMES, 2);
    await expect(cache.get("k", DIGEST, START, () => Promise.reject(new Error("bug")))).rejects.toThrow("bug");
    expect((await cache.get("k", DIGEST, START, () => Promise.resolve(result("bad")))).state).toBe("bad");
  });
});
