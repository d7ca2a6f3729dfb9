// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "#base";
import { inflateLayer } from "./inflate-layer.ts";
import { InflateError } from "./inflater.ts";

const CONTENT = Buffer.concat([randomBytes(3_000), Buffer.alloc(5_000, "layer ")]);
const GZIP = gzipSync(CONTENT);
const DEFLATED = GZIP.subarray(10);

/** All chunks in one buffer, as sources read files. */
async function* inOneBuffer(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(chunkBytes);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    buffer.fill(0xff).set(chunk);
    yield buffer.subarray(0, chunk.length);
  }
}

async function inflate(bytes: Uint8Array, chunkBytes: number = bytes.length): Promise<Buffer> {
  const parts: Buffer[] = [];
  await inflateLayer(inOneBuffer(bytes, chunkBytes), {
    compression: "gzip",
    compressedBytes: bytes.length,
    limits: LIMITS,
    onChunk: (chunk) => parts.push(Buffer.from(chunk)),
  });
  return Buffer.concat(parts);
}

/** RFC 1952, 2.3: flags, then what they announce. */
function header(flags: number, ...fields: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from([0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 3]), ...fields]);
}

const EXTRA = Buffer.from([0x2c, 0x01, ...new Uint8Array(300)]);
const NAME = Buffer.from("layer.tar\0");
const CHECKSUM = Buffer.from([0, 0]);

describe("inflateLayer, gzip", () => {
  it.each([
    { name: "a member without a name", bytes: GZIP, content: CONTENT },
    { name: "nothing", bytes: gzipSync(""), content: Buffer.alloc(0) },
    { name: "a name", bytes: Buffer.concat([header(8, NAME), DEFLATED]), content: CONTENT },
    {
      name: "every optional field",
      bytes: Buffer.concat([header(0x1f, EXTRA, NAME, NAME, CHECKSUM), DEFLATED]),
      content: CONTENT,
    },
    { name: "two members", bytes: Buffer.concat([GZIP, GZIP]), content: Buffer.concat([CONTENT, CONTENT]) },
    {
      name: "an empty member before two others",
      bytes: Buffer.concat([gzipSync(""), GZIP, GZIP]),
      content: Buffer.concat([CONTENT, CONTENT]),
    },
    { name: "zeros behind the end", bytes: Buffer.concat([GZIP, Buffer.alloc(9_000)]), content: CONTENT },
  ])("reads $name, however it is cut", async ({ bytes, content }) => {
    for (const chunkBytes of [1, 7, 512, bytes.length]) {
      expect((await inflate(bytes, chunkBytes)).equals(content)).toBe(true);
    }
  });

  it("refuses a member that breaks off, wherever", async () => {
    const bytes = Buffer.concat([header(0x1f, EXTRA, NAME, NAME, CHECKSUM), gzipSync("a small layer").subarray(10)]);
    for (let length = 1; length < bytes.length; length += 1) {
      await expect(inflate(bytes.subarray(0, length))).rejects.toThrow(InflateError);
    }
    await expect(inflate(Buffer.concat([GZIP, bytes.subarray(0, -1)]))).rejects.toThrow(InflateError);
  });

  it.each([
    { name: "no gzip", bytes: Buffer.from("not gzip at all") },
    { name: "another method", bytes: Buffer.from([0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 0]) },
    { name: "reserved flags", bytes: Buffer.concat([header(0x20), DEFLATED]) },
    { name: "broken data", bytes: Buffer.concat([header(0), Buffer.alloc(100, 0xff)]) },
    { name: "garbage behind the end", bytes: Buffer.concat([GZIP, Buffer.alloc(9_000, 5)]) },
    { name: "a broken second member", bytes: Buffer.concat([GZIP, header(0), Buffer.alloc(100, 0xff)]) },
    {
      name: "a second member with a wrong checksum",
      bytes: Buffer.concat([GZIP, GZIP.subarray(0, -8), Buffer.alloc(8, 1)]),
    },
  ])("refuses $name, however it is cut", async ({ bytes }) => {
    for (const chunkBytes of [1, 7, 512, bytes.length]) {
      await expect(inflate(bytes, chunkBytes)).rejects.toThrow(InflateError);
    }
  });

  it("gives what was compressed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 2_000 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 3_000 }),
        async (members, chunkBytes) => {
          const packed = Buffer.concat(members.map((member) => gzipSync(member)));
          expect((await inflate(packed, chunkBytes)).equals(Buffer.concat(members))).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("names what is wrong with the bytes before what the source says later", async () => {
    async function* liar(): AsyncGenerator<Uint8Array> {
      yield Buffer.concat([header(0), Buffer.alloc(100, 0xff)]);
      throw new Error("another digest");
    }
    const options = { compression: "gzip", compressedBytes: 110, limits: LIMITS, onChunk: () => undefined } as const;
    await expect(inflateLayer(liar(), options)).rejects.toThrow(InflateError);
  });

  it("stops at the first chunk that is not taken", async () => {
    const packed = gzipSync(randomBytes(5_000_000));
    let taken = 0;
    const inflating = inflateLayer(inOneBuffer(packed, 100_000), {
      compression: "gzip",
      compressedBytes: packed.length,
      limits: LIMITS,
      onChunk: () => {
        taken += 1;
        throw new Error("enough");
      },
    });
    await expect(inflating).rejects.toThrow("enough");
    expect(taken).toBe(1);
  });
});
