// SPDX-License-Identifier: Apache-2.0
import { constants, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ZstdFrames } from "./zstd-frames.ts";

/** Lengths of the pieces when the data comes in chunks of `step` bytes, joined again up to each cut at a frame's end. */
function frameLengths(data: Buffer, step: number): readonly number[] {
  const frames = new ZstdFrames();
  const ends: number[] = [];
  let at = 0;
  for (let start = 0; start < data.length; start += step) {
    const chunk = data.subarray(start, start + step);
    for (const piece of frames.cut(chunk)) {
      at += piece.length;
      if (at < start + chunk.length || at === data.length) {
        ends.push(at);
      }
    }
  }
  return ends;
}

describe("ZstdFrames", () => {
  const contents = [Buffer.alloc(0), Buffer.from("a"), Buffer.alloc(300_000, "ab"), Buffer.alloc(70_000, 7)];

  it.each([
    { name: "as they are", params: {} },
    { name: "with checksums", params: { [constants.ZSTD_c_checksumFlag]: 1 } },
    { name: "without content size", params: { [constants.ZSTD_c_contentSizeFlag]: 0 } },
  ])("cuts where frames end: $name", ({ params }) => {
    const frames = contents.map((content) => zstdCompressSync(content, { params }));
    const data = Buffer.concat(frames);
    let end = 0;
    const want = frames.map((frame) => (end += frame.length));
    expect(frameLengths(data, data.length)).toEqual(want);
  });

  it("loses no byte of any data, however it is cut", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 50 }),
        (bytes, isZstd, step) => {
          const data = isZstd ? Buffer.concat([zstdCompressSync(bytes), bytes]) : Buffer.from(bytes);
          const frames = new ZstdFrames();
          const pieces: Uint8Array[] = [];
          for (let start = 0; start < data.length; start += step) {
            pieces.push(...frames.cut(data.subarray(start, start + step)));
          }
          expect(Buffer.concat(pieces).equals(data)).toBe(true);
          expect(pieces.every((piece) => piece.length > 0)).toBe(true);
        },
      ),
    );
  });
});
