// SPDX-License-Identifier: Apache-2.0
import { constants, crc32, deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CodedError, type Digest, digestOf, LIMITS } from "#base";
import type { Descriptor } from "#oci";
import { type ScannedImage, scanImage } from "#scanner";
import { type TarEntry, type TestImage, writeTar } from "../../../test/support/image-builder.ts";
import { manyEntriesImage } from "../../../test/support/many-entries-image.ts";
import { memoryImageSource } from "../../../test/support/memory-image-source.ts";
import { rounds } from "../../../test/support/rounds.ts";
import { runTool } from "../../../test/support/run-tool.ts";

const LAYER = writeTar([
  { path: "etc/os-release", content: "ID=debian\n" },
  {
    path: "var/lib/dpkg/status",
    content: "Package: bash\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n",
  },
  { path: "node_modules/a/package.json", content: '{"name":"a","version":"1.0.0"}' },
  { path: "lib", type: "2", link: "usr/lib" },
  { path: "hard", type: "1", link: "etc/os-release" },
]);

/** The image with other bytes as its only layer: manifest and configuration agree with them, as an attacker would do it. */
function imageOf(tar: Buffer, packed: Buffer, mediaType: string): TestImage {
  const config = Buffer.from(
    JSON.stringify({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [digestOf(tar)] } }),
  );
  const describe_ = (bytes: Buffer, type: string): Descriptor => ({
    mediaType: type,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: describe_(config, "application/vnd.oci.image.config.v1+json"),
      layers: [describe_(packed, mediaType)],
    }),
  );
  return {
    blobs: new Map([packed, config, manifest].map((bytes): [Digest, Buffer] => [digestOf(bytes), bytes])),
    manifest: {
      digest: digestOf(manifest),
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      size: manifest.length,
    },
  };
}

const GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";
const ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd";
const NONE = "application/vnd.oci.image.layer.v1.tar";

async function scanOne(image: TestImage): Promise<ScannedImage["inventory"]> {
  const [scanned] = await scanImage(memoryImageSource(image));
  if (scanned === undefined) {
    throw new Error("nothing was scanned");
  }
  return scanned.inventory;
}

describe("hostile layers", () => {
  it("every truncation of a layer is said, whatever its compression", async () => {
    for (const [packed, type] of [
      [gzipSync(LAYER), GZIP],
      [zstdCompressSync(LAYER), ZSTD],
      [LAYER, NONE],
    ] as const) {
      for (let length = 0; length < packed.length - 1_600; length += 97) {
        const image = imageOf(LAYER, packed.subarray(0, length), type);
        expect((await scanOne(image)).status).not.toBe("complete");
      }
      for (let length = 1; length < Math.min(packed.length, 400); length += 13) {
        expect((await scanOne(imageOf(LAYER, packed.subarray(0, length), type))).status).not.toBe("complete");
      }
    }
  });

  it("a changed layer whose digests are right ends with an inventory, whose status says whether there were problems", async () => {
    const change = fc.tuple(fc.nat(LAYER.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const tar = Buffer.from(LAYER);
        for (const [at, value] of changes) {
          tar[at] = value;
        }
        const { status, problems, packages } = await scanOne(imageOf(tar, tar, NONE));
        expect(status === "complete").toBe(problems.length === 0);
        expect(status === "failed" ? packages : []).toEqual([]);
        const untouched = changes.every(([at, value]) => LAYER[at] === value);
        expect(untouched ? packages.length : 2).toBe(2);
      }),
      { numRuns: rounds({ short: 300, long: 20_000 }) },
    );
  });

  it("any bytes under any media type end with an inventory or a code", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 2_000 }),
        fc.constantFrom(GZIP, ZSTD, NONE, "x/y"),
        async (bytes, type) => {
          const layer = Buffer.from(bytes);
          const result = await scanOne(imageOf(layer, layer, type)).catch((error: unknown) => error);
          expect(result instanceof Error && !(result instanceof CodedError)).toBe(false);
        },
      ),
      { numRuns: rounds({ short: 200, long: 20_000 }) },
    );
  });

  it("changed compressed bytes are said, unless they inflate to the same", async () => {
    const packed = gzipSync(LAYER);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 12, max: packed.length - 9 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const changed = Buffer.from(packed);
          changed.writeUInt8(changed.readUInt8(at) ^ flip, at);
          const { status, packages } = await scanOne(imageOf(LAYER, changed, GZIP));
          expect(status === "complete" ? packages.length : 2).toBe(2);
        },
      ),
      { numRuns: rounds({ short: 150, long: 10_000 }) },
    );
  });

  it.each([
    {
      name: "gzip of several members",
      packed: Buffer.concat([gzipSync(LAYER.subarray(0, 700)), gzipSync(LAYER.subarray(700))]),
      type: GZIP,
    },
    {
      name: "gzip with an empty member",
      packed: Buffer.concat([gzipSync(LAYER), gzipSync(Buffer.alloc(0))]),
      type: GZIP,
    },
    {
      name: "zstd of several frames",
      packed: Buffer.concat([zstdCompressSync(LAYER.subarray(0, 700)), zstdCompressSync(LAYER.subarray(700))]),
      type: ZSTD,
    },
    {
      name: "zstd of a frame for each byte",
      packed: Buffer.concat([...LAYER].map((byte) => zstdCompressSync(Buffer.of(byte)))),
      type: ZSTD,
    },
    {
      name: "zstd with checksums",
      packed: Buffer.concat([zstdWithChecksum(LAYER.subarray(0, 99)), zstdWithChecksum(LAYER.subarray(99))]),
      type: ZSTD,
    },
    {
      name: "zstd with a skippable frame, as zstd:chunked has it",
      packed: Buffer.concat([skippableFrame(), zstdCompressSync(LAYER), skippableFrame()]),
      type: ZSTD,
    },
    {
      name: "gzip that was flushed in the middle",
      packed: flushedGzip(LAYER),
      type: GZIP,
    },
  ])("$name is read to its end", async ({ packed, type }) => {
    const inventory = await scanOne(imageOf(LAYER, packed, type));
    expect({ status: inventory.status, packages: inventory.packages.map(({ name }) => name) }).toEqual({
      status: "complete",
      packages: ["bash", "a"],
    });
  });

  it("two packages whose names look the same, because they are not UTF-8, do not hide each other unsaid", async () => {
    const tar = writeTar([
      { path: "node_modules/A/package.json", content: '{"name":"a","version":"1.0.0"}' },
      { path: "node_modules/B/package.json", content: '{"name":"b","version":"1.0.0"}' },
    ]);
    // Bytes that no UTF-8 has, and checksums that fit.
    for (const [header, byte] of [
      [0, 0xfe],
      [1024, 0xff],
    ] as const) {
      const at = header + "node_modules/".length;
      const difference = byte - tar.readUInt8(at);
      tar.writeUInt8(byte, at);
      const sum = Number.parseInt(tar.toString("latin1", header + 148, header + 154), 8) + difference;
      tar.write(sum.toString(8).padStart(6, "0"), header + 148);
    }
    const { status, problems } = await scanOne(imageOf(tar, tar, NONE));
    expect(status).toBe("partial");
    expect(problems.map(({ code }) => code)).toEqual(["ENTRY_MALFORMED", "ENTRY_MALFORMED"]);
  });

  it.each([
    { name: "garbage behind zstd", packed: Buffer.concat([zstdCompressSync(LAYER), Buffer.from("garbage!")]) },
    {
      name: "half a frame behind zstd",
      packed: Buffer.concat([zstdCompressSync(LAYER), zstdCompressSync(LAYER).subarray(0, 20)]),
    },
    { name: "gzip as zstd", packed: gzipSync(LAYER) },
  ])("$name is unreadable", async ({ packed }) => {
    expect(await scanOne(imageOf(LAYER, packed, ZSTD))).toMatchObject({ status: "failed", packages: [] });
  });

  it("entries beyond the limit are not read, and the inventory says so", async () => {
    const image = await manyEntriesImage(20_000);
    const [within] = await scanImage(memoryImageSource(image), { limits: { ...LIMITS, maxTarEntries: 20_001 } });
    expect(within?.inventory).toMatchObject({ status: "complete", packages: [{ name: "a" }] });
    const [beyond] = await scanImage(memoryImageSource(image), { limits: { ...LIMITS, maxTarEntries: 20_000 } });
    expect(beyond?.inventory.problems.map(({ code }) => code)).toEqual(["LIMIT_EXCEEDED"]);
  });

  it.each<{ name: string; entryOf: (number: number) => TarEntry }>([
    { name: "files", entryOf: (number) => ({ path: `srv/${"long".repeat(20)}/${number}` }) },
    { name: "folders", entryOf: (number) => ({ path: `srv/${"long".repeat(20)}/${number}/`, type: "5" }) },
    {
      name: "links",
      entryOf: (number) => ({ path: `srv/${number}`, type: "2", link: `${"long".repeat(20)}/${number}` }),
    },
    { name: "whiteouts", entryOf: (number) => ({ path: `srv/${"long".repeat(20)}/.wh.${number}` }) },
  ])("names of $name that would take too much memory end the reading of their layer only", async ({ entryOf }) => {
    const image = await manyEntriesImage(20_000, entryOf);
    const limits = { ...LIMITS, maxListingBytes: 1_000_000 };
    const [scanned] = await scanImage(memoryImageSource(image), { limits });
    expect(scanned?.inventory).toMatchObject({ status: "partial", packages: [{ name: "a" }] });
    expect(new Set(scanned?.inventory.problems.map(({ code }) => code))).toEqual(new Set(["LIMIT_EXCEEDED"]));
  });

  it("three million files take less than 1 GiB", async () => {
    // in a process of its own: what other tests left behind does not count, nor does the test runner
    const program = `
      import { scanImage } from "#scanner";
      import { manyEntriesImage } from "./test/support/many-entries-image.ts";
      import { memoryImageSource } from "./test/support/memory-image-source.ts";
      const image = await manyEntriesImage(3_000_000);
      const [scanned] = await scanImage(memoryImageSource(image, { chunkBytes: 1024 * 1024 }));
      const { status, packages } = scanned.inventory;
      console.log(JSON.stringify({ status, packages: packages.length, maxRss: process.resourceUsage().maxRSS }));
    `;
    const { stdout, stderr, code } = await runTool(process.execPath, ["--input-type=module", "-e", program]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { maxRss, ...found } = JSON.parse(stdout) as Record<string, number>;
    expect(found).toEqual({ status: "complete", packages: 1 });
    // in KiB
    expect(maxRss).toBeLessThan(1024 * 1024);
  }, 300_000);
});

function zstdWithChecksum(bytes: Buffer): Buffer {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}

function skippableFrame(): Buffer {
  const frame = Buffer.alloc(8 + 16);
  frame.writeUInt32LE(0x184d2a50, 0);
  frame.writeUInt32LE(16, 4);
  return frame;
}

/** One member whose first half ends with an empty stored block, as programs write that flush what they have (RFC 1952). */
function flushedGzip(bytes: Buffer): Buffer {
  const half = bytes.length >> 1;
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(bytes), 0);
  trailer.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([
    Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff),
    deflateRawSync(bytes.subarray(0, half), { finishFlush: constants.Z_SYNC_FLUSH }),
    deflateRawSync(bytes.subarray(half)),
    trailer,
  ]);
}
