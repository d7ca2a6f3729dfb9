// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { type Digest, digestHex, digestOf } from "#base";

/** One tar entry as a test wants it written; nothing is checked, so that hostile archives can be made. */
export interface TarEntry {
  readonly path: string;
  readonly content?: string | Uint8Array;
  /** ustar type flag; default "0" (file). "5" folder, "2" symlink, "1" hard link, "3" device. */
  readonly type?: string;
  readonly link?: string;
  readonly mode?: number;
  /** Written in the header instead of the true size. */
  readonly declaredSize?: number;
}

/** A ustar archive. Paths longer than 100 bytes are written with a pax header. */
export function writeTar(entries: readonly TarEntry[]): Buffer {
  const blocks: Buffer[] = [];
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? "");
    if (Buffer.byteLength(entry.path) > 100 || Buffer.byteLength(entry.link ?? "") > 100) {
      const records = Buffer.from(
        paxRecord(`path=${entry.path}`) + (entry.link === undefined ? "" : paxRecord(`linkpath=${entry.link}`)),
      );
      blocks.push(tarHeader({ path: "pax", type: "x" }, records.length), padded(records));
    }
    blocks.push(tarHeader(entry, entry.declaredSize ?? content.length), padded(content));
  }
  blocks.push(Buffer.alloc(1024));
  return Buffer.concat(blocks);
}

/** One header block with a right checksum. */
export function tarHeader(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(entry.path.slice(0, 100), 0, "utf8");
  block.write((entry.mode ?? 0o644).toString(8).padStart(7, "0"), 100);
  block.write("0000000", 108);
  block.write("0000000", 116);
  block.write(size.toString(8).padStart(11, "0"), 124);
  block.write("00000000000", 136);
  block.write("        ", 148);
  block.write(entry.type ?? "0", 156);
  block.write((entry.link ?? "").slice(0, 100), 157, "utf8");
  block.write("ustar\u000000", 257, "latin1");
  let sum = 0;
  for (const byte of block) {
    sum += byte;
  }
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

function padded(content: Buffer): Buffer {
  const rest = content.length % 512;
  return rest === 0 ? content : Buffer.concat([content, Buffer.alloc(512 - rest)]);
}

/** A pax record: `text` is `KEY=VALUE`, its length is counted. */
export function paxRecord(text: string): string {
  const rest = Buffer.byteLength(text) + 2;
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return `${length} ${text}\n`;
}

/** The archive with one byte changed. */
export function corruptTar(tar: Uint8Array, at: number): Buffer {
  const changed = Buffer.from(tar);
  changed[at] = (changed[at] ?? 0) ^ 0xff;
  return changed;
}

/** One layer of a test image. */
export interface TestLayer {
  readonly entries?: readonly TarEntry[];
  /** A finished tar instead of entries. */
  readonly tar?: Uint8Array;
  readonly compression?: "none" | "gzip" | "zstd";
}

/** Blobs by digest and the digest of the image manifest. */
export interface TestImage {
  readonly blobs: ReadonlyMap<Digest, Buffer>;
  readonly manifest: { readonly digest: Digest; readonly mediaType: string; readonly size: number };
}

const LAYER_TYPE = {
  none: "application/vnd.oci.image.layer.v1.tar",
  gzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  zstd: "application/vnd.oci.image.layer.v1.tar+zstd",
} as const;

/** Builds an OCI image in memory, the same bytes each time. */
export function buildImage(layers: readonly TestLayer[], config: Record<string, unknown> = {}): TestImage {
  const blobs = new Map<Digest, Buffer>();
  function add(bytes: Buffer, mediaType: string): { mediaType: string; digest: Digest; size: number } {
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }
  const diffIds: string[] = [];
  const descriptors = layers.map((layer) => {
    const tar = Buffer.from(layer.tar ?? writeTar(layer.entries ?? []));
    diffIds.push(`sha256:${createHash("sha256").update(tar).digest("hex")}`);
    const compression = layer.compression ?? "gzip";
    const bytes = compression === "gzip" ? gzipSync(tar) : compression === "zstd" ? zstdCompressSync(tar) : tar;
    return add(bytes, LAYER_TYPE[compression]);
  });
  const configBytes = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: {},
      rootfs: { type: "layers", diff_ids: diffIds },
      history: layers.map((_, index) => ({ created_by: `layer ${index}` })),
      ...config,
    }),
  );
  const configDescriptor = add(configBytes, "application/vnd.oci.image.config.v1+json");
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = add(
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: configDescriptor, layers: descriptors })),
    mediaType,
  );
  return { blobs, manifest };
}

/** An index over images, one for each platform. */
export function buildIndex(
  images: readonly { readonly image: TestImage; readonly os: string; readonly architecture: string }[],
): TestImage {
  const blobs = new Map(images.flatMap(({ image }) => [...image.blobs]));
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      manifests: images.map(({ image, os, architecture }) => ({ ...image.manifest, platform: { os, architecture } })),
    }),
  );
  const digest = digestOf(bytes);
  blobs.set(digest, bytes);
  return { blobs, manifest: { digest, mediaType, size: bytes.length } };
}

/** Writes images as one OCI layout folder; keys are tags. */
export function writeOciLayout(folder: string, images: Readonly<Record<string, TestImage>>): void {
  mkdirSync(join(folder, "blobs/sha256"), { recursive: true });
  writeFileSync(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  for (const image of Object.values(images)) {
    for (const [digest, bytes] of image.blobs) {
      writeFileSync(join(folder, "blobs/sha256", digestHex(digest)), bytes);
    }
  }
  writeFileSync(
    join(folder, "index.json"),
    JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: Object.entries(images).map(([tag, image]) => ({
        ...image.manifest,
        annotations: { "org.opencontainers.image.ref.name": tag },
      })),
    }),
  );
}

/** A `docker save` archive; keys are image names. Layers are written inflated unless `keepsCompression`. */
export function writeDockerArchive(
  images: Readonly<Record<string, TestImage>>,
  options: { readonly keepsCompression?: boolean } = {},
): Buffer {
  const files = new Map<string, Buffer>();
  const manifest = Object.entries(images).map(([name, image]) => {
    const document = JSON.parse(String(image.blobs.get(image.manifest.digest))) as TestManifest;
    const config = `${digestHex(document.config.digest)}.json`;
    files.set(config, image.blobs.get(document.config.digest) ?? Buffer.alloc(0));
    const layers = document.layers.map(({ digest, mediaType }) => {
      const bytes = image.blobs.get(digest) ?? Buffer.alloc(0);
      files.set(
        `${digestHex(digest)}/layer.tar`,
        options.keepsCompression === true ? bytes : inflate(bytes, mediaType),
      );
      return `${digestHex(digest)}/layer.tar`;
    });
    return { Config: config, RepoTags: [name], Layers: layers };
  });
  return writeTar([
    ...[...files].map(([path, content]) => ({ path, content })),
    { path: "manifest.json", content: JSON.stringify(manifest) },
  ]);
}

interface TestManifest {
  readonly config: { readonly digest: Digest };
  readonly layers: readonly { readonly digest: Digest; readonly mediaType: string }[];
}

function inflate(bytes: Buffer, mediaType: string): Buffer {
  return mediaType === LAYER_TYPE.gzip
    ? gunzipSync(bytes)
    : mediaType === LAYER_TYPE.zstd
      ? zstdDecompressSync(bytes)
      : bytes;
}
