// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReadDebt } from "./cut-slow-readers.ts";

const KIB = 1024;
const BLOCK = 512 * KIB;

/** In which round a client is cut that takes so many bytes in each, of an endless blob that is written block by block. */
function cutAfter(bytesInRound: (round: number) => number, rounds: number): number | undefined {
  const debt = new ReadDebt();
  let read = 0;
  for (let round = 1; round <= rounds; round += 1) {
    read += bytesInRound(round);
    // a block counts as taken when all of it was
    if (debt.isTooSlow({ waitingBytes: BLOCK, takenBytes: Math.floor(read / BLOCK) * BLOCK })) {
      return round;
    }
  }
  return undefined;
}

describe("a client that reads an answer", () => {
  it.each([
    { name: "not at all", bytes: 0 },
    { name: "a byte in each round", bytes: 1 },
    { name: "a kilobyte in each round", bytes: KIB },
    { name: "half of the least speed", bytes: 32 * KIB },
  ])("$name is cut", ({ bytes }) => {
    expect(cutAfter(() => bytes, 200)).toBeLessThan(100);
  });

  it("at a burst now and then is cut when that comes to too little", () => {
    expect(cutAfter((round) => (round % 20 === 0 ? BLOCK : 0), 1_000)).toBeLessThan(200);
  });

  it("one large answer slowly is cut, later than a small one", () => {
    const debt = new ReadDebt();
    let round = 1;
    while (!debt.isTooSlow({ waitingBytes: 4 * 1024 * KIB, takenBytes: 0 }) && round < 1_000) {
      round += 1;
    }
    expect(round).toBe(97);
  });

  it("at the least speed is never cut, in what strides the system may take it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 64, max: 4_096 }), (stride, kibInRound) => {
        expect(cutAfter((round) => (round % stride === 0 ? stride * kibInRound * KIB : 0), 2_000)).toBeUndefined();
      }),
    );
  });

  it("and then waits for nothing is never cut, however long it stays", () => {
    const debt = new ReadDebt();
    const rounds = Array.from({ length: 10_000 }, () => debt.isTooSlow({ waitingBytes: 0, takenBytes: 500 }));
    expect(rounds).not.toContain(true);
  });
});
