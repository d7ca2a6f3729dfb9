// SPDX-License-Identifier: Apache-2.0
import { createReadStream, linkSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createGunzip, gzipSync } from "node:zlib";
import { type Digest, DigestStream, digestHex, digestOf } from "#base";
import {
  type Descriptor,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_LAYER_GZIP,
  OCI_MANIFEST,
  parseImageConfig,
  parseManifest,
} from "#oci";
import { runTool } from "../test/support/run-tool.ts";
import { tool } from "../test/support/tools.ts";

/** A gzip layer of an image on disk. */
export interface PackedLayer {
  readonly path: string;
  readonly digest: Digest;
  readonly size: number;
  readonly diffId: Digest;
  /** Bytes inflated. */
  readonly inflatedSize: number;
}

/** The layers of the one image of an OCI layout. */
export function readLayers(image: string): readonly PackedLayer[] {
  const index = JSON.parse(readFileSync(join(image, "index.json"), "utf8")) as { readonly manifests: Descriptor[] };
  const manifest = parseManifest(readFileSync(blobPath(image, (index.manifests[0] as Descriptor).digest)));
  if (manifest.kind !== "image") {
    throw new Error("expected one image in the layout");
  }
  const { diffIds } = parseImageConfig(readFileSync(blobPath(image, manifest.config.digest)));
  return manifest.layers.map(({ digest, size }, place) => {
    const path = blobPath(image, digest);
    // the last four bytes of gzip are the size of its content
    const inflatedSize = readFileSync(path).readUInt32LE(size - 4);
    return { path, digest, size, diffId: diffIds[place] as Digest, inflatedSize };
  });
}

/** Writes an OCI layout of layers that lie elsewhere on the same disk. */
export function writeImage(folder: string, layers: readonly PackedLayer[]): string {
  mkdirSync(join(folder, "blobs/sha256"), { recursive: true });
  for (const { path, digest } of layers) {
    linkSync(path, blobPath(folder, digest));
  }
  function write(mediaType: string, document: unknown): Descriptor {
    const bytes = Buffer.from(JSON.stringify(document));
    writeFileSync(blobPath(folder, digestOf(bytes)), bytes);
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  }
  const rootfs = { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) };
  const config = write(OCI_CONFIG, { os: "linux", architecture: "amd64", rootfs, config: { Cmd: ["sh"] } });
  const manifest = write(OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config,
    layers: layers.map(({ digest, size }) => ({ mediaType: OCI_LAYER_GZIP, digest, size })),
  });
  writeFileSync(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  writeFileSync(
    join(folder, "index.json"),
    JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [manifest] }),
  );
  return folder;
}

/** Packs a tar archive as a layer in the folder. */
export function packLayer(folder: string, tar: Buffer): PackedLayer {
  const packed = gzipSync(tar);
  const path = join(folder, digestHex(digestOf(packed)));
  writeFileSync(path, packed);
  const inflatedSize = tar.length;
  return { path, digest: digestOf(packed), size: packed.length, diffId: digestOf(tar), inflatedSize };
}

/**
 * The same files in a layer of another digest and diffID: behind the end mark of the archive, where nobody reads, a number
 * follows as a gzip member of its own. So large images are made without compressing gigabytes.
 */
export async function disguiseLayer(folder: string, layer: PackedLayer, number: number): Promise<PackedLayer> {
  const behind = Buffer.alloc(512);
  behind.writeUInt32BE(number, 0);
  const path = join(folder, `layer-${number}-${digestHex(layer.digest)}`);
  const packed = Buffer.concat([readFileSync(layer.path), gzipSync(behind)]);
  writeFileSync(path, packed);
  const inflated = new DigestStream();
  for await (const chunk of createReadStream(path).pipe(createGunzip({ chunkSize: 1024 * 1024 }))) {
    inflated.update(chunk as Buffer);
  }
  return {
    ...{ path, digest: digestOf(packed), size: statSync(path).size, diffId: inflated.digest() },
    inflatedSize: layer.inflatedSize + behind.length,
  };
}

/** The image as `docker save` writes it: layers uncompressed, in one tar archive. */
export async function writeDockerArchive(image: string, archive: string): Promise<string> {
  const args = ["--insecure-policy", "copy", "--quiet", `oci:${image}`, `docker-archive:${archive}:bench:latest`];
  const copied = await runTool(tool("skopeo"), args);
  if (copied.code !== 0) {
    throw new Error(`skopeo failed: ${copied.stderr}`);
  }
  return archive;
}

function blobPath(image: string, digest: Digest): string {
  return join(image, "blobs/sha256", digestHex(digest));
}
