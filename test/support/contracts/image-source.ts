// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import { type Descriptor, type ImageSource, parseManifest } from "#oci";
import { buildImage, type TestImage } from "../image-builder.ts";

/** What an implementation offers to the suite. */
export interface ImageSourceHarness {
  /** Stores the image and opens it. `replaced` is stored under a digest instead of the right content. */
  open(image: TestImage, replaced?: ReadonlyMap<Digest, Uint8Array>): Promise<ImageSource>;
  /** Whether the root is the manifest that was stored, byte by byte (not so for docker-archive, which has none). */
  readonly keepsManifest?: boolean;
  /** Whether content of another length can be stored under a digest at all. */
  readonly keepsLength?: boolean;
}

/** The content of a blob; chunks are copied, because a source may reuse its buffer. */
export async function readBlob(source: ImageSource, descriptor: Descriptor, signal?: AbortSignal): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of await source.openBlob(descriptor, signal)) {
    parts.push(Buffer.from(chunk));
  }
  return Buffer.concat(parts);
}

/** What every image source must do. */
export function describeImageSourceContract(name: string, harness: ImageSourceHarness): void {
  const { keepsManifest = true, keepsLength = true } = harness;
  // More than one chunk of any source, and not a multiple of a chunk.
  const large = randomBytes(3 * 1024 * 1024 + 13);
  const image = buildImage([
    { entries: [{ path: "large", content: large }], compression: "none" },
    { entries: [{ path: "b" }] },
  ]);

  function layerOf(source: ImageSource, index = 0): Descriptor {
    const manifest = parseManifest(source.root.bytes, source.root.mediaType);
    const layer = manifest.kind === "image" ? manifest.layers[index] : undefined;
    if (layer === undefined) {
      throw new Error("the source has no such layer");
    }
    return layer;
  }

  describe(`${name} keeps the image source contract`, () => {
    it("names its root by the digest of its bytes", async () => {
      await using source = await harness.open(image);
      expect(digestOf(source.root.bytes)).toBe(source.root.digest);
      if (keepsManifest) {
        expect(source.root).toMatchObject({ digest: image.manifest.digest, mediaType: image.manifest.mediaType });
      }
    });

    it("gives every blob, as often as it is asked", async () => {
      await using source = await harness.open(image);
      const manifest = parseManifest(source.root.bytes);
      const descriptors = manifest.kind === "image" ? [manifest.config, ...manifest.layers, ...manifest.layers] : [];
      expect(descriptors).toHaveLength(5);
      for (const descriptor of descriptors) {
        const bytes = await readBlob(source, descriptor);
        expect(bytes.length).toBe(descriptor.size);
        expect(digestOf(bytes)).toBe(descriptor.digest);
      }
    });

    it("gives two blobs at once", async () => {
      await using source = await harness.open(image);
      const [first, second] = await Promise.all([readBlob(source, layerOf(source)), readBlob(source, layerOf(source))]);
      expect(first?.equals(second ?? Buffer.alloc(0))).toBe(true);
    });

    it(keepsManifest ? "reads a manifest by descriptor" : "has no other manifests", async () => {
      await using source = await harness.open(image);
      const reading = source.readManifest({ ...image.manifest });
      if (keepsManifest) {
        expect(digestOf(await reading)).toBe(image.manifest.digest);
      } else {
        await expect(reading).rejects.toMatchObject({ code: "BLOB_MISSING" });
      }
    });

    it("says BLOB_MISSING for a blob that is not there", async () => {
      await using source = await harness.open(image);
      const missing = { ...layerOf(source), digest: digestOf("nothing") };
      await expect(readBlob(source, missing)).rejects.toMatchObject({ code: "BLOB_MISSING" });
    });

    it("throws before the end when the content has another digest", async () => {
      const layer = [...image.blobs].find(([, bytes]) => bytes.length > large.length);
      const [digest, bytes] = layer ?? [digestOf(""), Buffer.alloc(0)];
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bytes.length - 2_000) ^ 1, bytes.length - 2_000);
      await using source = await harness.open(image, new Map([[digest, changed]]));
      await expect(readBlob(source, layerOf(source))).rejects.toMatchObject({ code: "BLOB_DIGEST_MISMATCH" });
    });

    it.each([
      { name: "shorter", change: (bytes: Buffer) => bytes.subarray(0, -512), code: "BLOB_TOO_SHORT" },
      { name: "empty", change: () => Buffer.alloc(0), code: "BLOB_TOO_SHORT" },
      { name: "longer", change: (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(512)]), code: "BLOB_TOO_LONG" },
    ])("throws when the content is $name than its descriptor says", async ({ change, code: wanted }) => {
      // Where the length comes from the content itself, the digest tells.
      const code = keepsLength ? wanted : "BLOB_DIGEST_MISMATCH";
      const layer = [...image.blobs].find(([, bytes]) => bytes.length > large.length);
      const [digest, bytes] = layer ?? [digestOf(""), Buffer.alloc(0)];
      await using source = await harness.open(image, new Map([[digest, change(bytes)]]));
      await expect(readBlob(source, layerOf(source))).rejects.toMatchObject({ code });
    });

    it("throws when the descriptor says another size than the content has", async () => {
      await using source = await harness.open(image);
      const layer = layerOf(source);
      await expect(readBlob(source, { ...layer, size: layer.size - 1 })).rejects.toMatchObject({
        code: "BLOB_TOO_LONG",
      });
      await expect(readBlob(source, { ...layer, size: layer.size + 1 })).rejects.toMatchObject({
        code: "BLOB_TOO_SHORT",
      });
    });

    it("stops with the reason of its signal", async () => {
      await using source = await harness.open(image);
      const controller = new AbortController();
      const reason = new Error("enough");
      const reading = (async () => {
        for await (const chunk of await source.openBlob(layerOf(source), controller.signal)) {
          expect(chunk.length).toBeGreaterThan(0);
          controller.abort(reason);
        }
      })();
      await expect(reading).rejects.toBe(reason);
    });

    it("can be left in the middle of a blob", async () => {
      await using source = await harness.open(image);
      for await (const chunk of await source.openBlob(layerOf(source))) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      expect((await readBlob(source, layerOf(source, 1))).length).toBeGreaterThan(0);
    });
  });
}
