// SPDX-License-Identifier: Apache-2.0

/** Whole numbers from `from` (default 0) to below `to`, the same ones for the same seed. */
export type SeededRandom = (to: number, from?: number) => number;

/** Numbers that a run can be repeated with: mulberry32, of the seed and what it is for. */
export function createSeededRandom(seed: number, purpose: string): SeededRandom {
  let state = seed >>> 0;
  for (const character of purpose) {
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x0100_0193) >>> 0;
  }
  return (to, from = 0) => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return from + (((mixed ^ (mixed >>> 14)) >>> 0) % (to - from));
  };
}
