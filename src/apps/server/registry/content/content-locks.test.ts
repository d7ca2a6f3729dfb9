// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ContentLocks } from "./content-locks.ts";

describe("content locks", () => {
  it("one that wants a key alone waits for all that share it, and those that come later wait for it", async () => {
    const locks = new ContentLocks();
    const order: string[] = [];
    const [first, release] = gate();
    const sharing = locks.hold({ shared: ["a"] }, async () => {
      await first;
      order.push("shared");
    });
    const alone = locks.hold({ exclusive: ["a"] }, () => done(order, "alone"));
    const later = locks.hold({ shared: ["a"] }, () => done(order, "later"));
    release();
    await Promise.all([sharing, alone, later]);
    expect(order).toEqual(["shared", "alone", "later"]);
  });

  it("keys that nobody else wants do not wait", async () => {
    const locks = new ContentLocks();
    const [never, release] = gate();
    const held = locks.hold({ exclusive: ["a"] }, () => never);
    expect(await locks.hold({ shared: ["b"], exclusive: ["c"] }, () => Promise.resolve("free"))).toBe("free");
    release();
    await held;
  });

  it("work that fails releases what it held", async () => {
    const locks = new ContentLocks();
    await expect(locks.hold({ exclusive: ["a"] }, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await locks.hold({ exclusive: ["a"] }, () => Promise.resolve(1))).toBe(1);
  });

  it("whatever is held by whom, nobody shares with somebody alone, and everybody gets his turn", async () => {
    const keys = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ shared: keys, exclusive: keys, turns: fc.nat(5) }), { maxLength: 20 }),
        async (works) => {
          const locks = new ContentLocks();
          const holders = new Map<string, { shared: number; exclusive: number }>();
          let finished = 0;
          const run = works.map(({ shared, exclusive, turns }) =>
            locks.hold({ shared, exclusive }, async () => {
              const mine = new Map([
                ...shared.map((key) => [key, false] as const),
                ...exclusive.map((key) => [key, true] as const),
              ]);
              for (const [key, isAlone] of mine) {
                const holder = holders.get(key) ?? { shared: 0, exclusive: 0 };
                holders.set(key, holder);
                holder[isAlone ? "exclusive" : "shared"] += 1;
                expect(holder.exclusive === 0 || (holder.exclusive === 1 && holder.shared === 0)).toBe(true);
              }
              for (let turn = 0; turn < turns; turn += 1) {
                await Promise.resolve();
              }
              for (const [key, isAlone] of mine) {
                const holder = holders.get(key) ?? { shared: 0, exclusive: 0 };
                holder[isAlone ? "exclusive" : "shared"] -= 1;
              }
              finished += 1;
            }),
          );
          await Promise.all(run);
          expect(finished).toBe(works.length);
        },
      ),
    );
  });
});

function gate(): readonly [Promise<void>, () => void] {
  const { promise, resolve } = Promise.withResolvers<void>();
  return [promise, resolve];
}

async function done(order: string[], name: string): Promise<void> {
  order.push(name);
  await Promise.resolve();
}
