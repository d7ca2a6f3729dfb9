// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Passing, RateLimit } from "./rate-limit.ts";

/** Time that passes only where somebody waits. */
function createPassing(): Passing & { readonly nowMs: () => number } {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    now: () => nowMs,
    wait(ms, signal) {
      signal.throwIfAborted();
      nowMs += ms;
      return Promise.resolve();
    },
  };
}

async function* chunksOf(sizes: readonly number[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const [value, size] of sizes.entries()) {
    yield await Promise.resolve(new Uint8Array(size).fill(value));
  }
}

describe("a limit", () => {
  it("passes every byte on, in order, and never more in any stretch than the limit and one turn allow", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2_000 }),
        fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 8 }),
        async (rate, sizes) => {
          const passing = createPassing();
          const limit = new RateLimit(rate, new AbortController().signal, passing);
          const passed: number[] = [];
          let bytes = 0;
          for await (const piece of limit.throttle(chunksOf(sizes))) {
            passed.push(...piece);
            bytes += piece.length;
            expect(bytes).toBeLessThanOrEqual((passing.nowMs() / 1_000) * rate + Math.max(1, rate / 4) + 1e-6);
          }
          expect(passed).toEqual(sizes.flatMap((size, value) => Array.from({ length: size }, () => value)));
        },
      ),
    );
  });

  it("is shared by all that copy at a time", async () => {
    const passing = createPassing();
    const limit = new RateLimit(1_000, new AbortController().signal, passing);
    const write = (): Promise<void> => Promise.resolve();
    await Promise.all([limit.pass(new Uint8Array(2_000), write), limit.pass(new Uint8Array(2_000), write)]);
    // the last quarter of a second is owed
    expect(passing.nowMs()).toBeGreaterThanOrEqual(3_750);
  });

  it("does not hold up an end", async () => {
    const ending = new AbortController();
    const limit = new RateLimit(1, ending.signal);
    const passing = limit.pass(new Uint8Array(1_000), () => Promise.resolve());
    ending.abort(new Error("cancelled"));
    await expect(passing).rejects.toThrow();
  });
});
