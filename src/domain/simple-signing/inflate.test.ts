// SPDX-License-Identifier: Apache-2.0
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rounds } from "../../../test/support/rounds.ts";
import { SimpleSigningError } from "./errors.ts";
import { inflate } from "./inflate.ts";

const MIB = 1024 * 1024;

describe("inflate", () => {
  it("what inflates to more than allowed is refused, however small it is", () => {
    const bomb = deflateRawSync(Buffer.alloc(64 * MIB));
    expect(() => inflate(bomb, MIB)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
  });

  it("exactly as much as allowed is accepted, one byte more is not", () => {
    const packed = deflateRawSync(Buffer.from("a".repeat(1000)));
    expect(inflate(packed, 1000).bytes).toHaveLength(1000);
    expect(() => inflate(packed, 999)).toThrow(SimpleSigningError);
  });

  it.each([
    { name: "no bytes at all", bytes: [] },
    { name: "a block of the reserved type", bytes: [0x07] },
    { name: "a stored block whose lengths disagree", bytes: [0x01, 0x01, 0x00, 0x01, 0x00, 0x61] },
    { name: "a stored block that is longer than the input", bytes: [0x01, 0x05, 0x00, 0xfa, 0xff, 0x61] },
    { name: "a match before the beginning", bytes: [0x03, 0x02, 0x00] },
  ])("$name is malformed", ({ bytes }) => {
    expect(() => inflate(Uint8Array.from(bytes), MIB)).toThrow(expect.objectContaining({ code: "MALFORMED" }));
  });

  it("gives back what zlib packed, at every level and strategy, and says where it ended", () => {
    const strategies = [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY, constants.Z_RLE];
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      fc.array(fc.constantFrom("abc", "abcabc", "x", "longer text of some words"), { maxLength: 300 }).map((words) => {
        return Buffer.from(words.join(""));
      }),
    );
    fc.assert(
      fc.property(content, fc.integer({ min: 0, max: 9 }), fc.constantFrom(...strategies), (plain, level, strategy) => {
        const packed = deflateRawSync(plain, { level, strategy });
        const { bytes, end } = inflate(Buffer.concat([packed, Buffer.from("rest")]), MIB);
        expect(Buffer.from(bytes).equals(plain)).toBe(true);
        expect(end).toBe(packed.length);
      }),
    );
  });

  it("agrees with zlib about broken input: it refuses, or gives the same bytes", () => {
    const packed = deflateRawSync(
      Buffer.from("the quick brown fox jumps over the lazy dog, over and over again ".repeat(9)),
    );
    fc.assert(
      fc.property(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const broken = Buffer.from(packed);
        broken[at] = (broken[at] ?? 0) ^ change;
        const ours = attempt(() => inflate(broken, MIB).bytes);
        const theirs = attempt(() => inflateRawSync(broken, { maxOutputLength: MIB }));
        if (ours !== undefined && theirs !== undefined) {
          expect(Buffer.from(ours).equals(theirs)).toBe(true);
        }
        expect(ours === undefined).toBe(theirs === undefined);
      }),
      { numRuns: rounds({ short: 2_000, long: 200_000 }) },
    );
  });

  it("every truncation is malformed", () => {
    const packed = deflateRawSync(Buffer.from("some words and more words and words"));
    for (let length = 0; length < packed.length; length += 1) {
      expect(() => inflate(packed.subarray(0, length), MIB)).toThrow(SimpleSigningError);
    }
  });
});

function attempt<Value>(action: () => Value): Value | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
