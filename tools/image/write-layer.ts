// SPDX-License-Identifier: Apache-2.0
import { createReadStream, createWriteStream, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type Digest, DigestStream, digestHex } from "#base";
import { completeEntries, type ImageEntry } from "./image-entry.ts";

const BLOCK = 512;
const MAX_USTAR_NAME = 100;

/** A layer as a blob of a layout. */
export interface WrittenLayer {
  readonly digest: Digest;
  readonly size: number;
  /** Of the tar archive. */
  readonly diffId: Digest;
}

/**
 * Writes a gzip layer into the layout. Equal entries and equal time give equal bytes: the order is that of the paths,
 * every time is the same, nobody is named, and gzip writes neither time nor name.
 */
export async function writeLayer(
  layout: string,
  entries: readonly ImageEntry[],
  mtimeSeconds: number,
): Promise<WrittenLayer> {
  const blobs = join(layout, "blobs/sha256");
  mkdirSync(blobs, { recursive: true });
  const partial = join(layout, "layer.partial");
  const inflated = new DigestStream();
  const compressed = new DigestStream();
  let size = 0;
  await pipeline(
    tarBlocks(completeEntries(entries), mtimeSeconds),
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        inflated.update(chunk);
        yield chunk;
      }
    },
    createGzip({ level: 6 }),
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        compressed.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(partial),
  );
  const digest = compressed.digest();
  renameSync(partial, join(blobs, digestHex(digest)));
  return { digest, size, diffId: inflated.digest() };
}

async function* tarBlocks(entries: readonly ImageEntry[], mtimeSeconds: number): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    yield header(entry, mtimeSeconds);
    if (entry.type === "file") {
      let written = 0;
      for await (const chunk of "content" in entry ? [entry.content] : createReadStream(entry.source)) {
        written += chunk.length;
        yield chunk as Uint8Array;
      }
      if (written !== sizeOf(entry)) {
        throw new Error(`${entry.path} changed while it was read`);
      }
      yield Buffer.alloc((BLOCK - (written % BLOCK)) % BLOCK);
    }
  }
  yield Buffer.alloc(2 * BLOCK);
}

function sizeOf(entry: ImageEntry): number {
  if (entry.type !== "file") {
    return 0;
  }
  return "content" in entry ? entry.content.length : entry.size;
}

/** ustar (POSIX.1-1988), with a pax header (POSIX.1-2001) before it where a name is too long. */
function header(entry: ImageEntry, mtimeSeconds: number): Buffer {
  const name = entry.type === "folder" ? `${entry.path}/` : entry.path;
  const target = entry.type === "link" ? entry.target : "";
  const records = [
    ...(Buffer.byteLength(name) > MAX_USTAR_NAME ? [paxRecord("path", name)] : []),
    ...(Buffer.byteLength(target) > MAX_USTAR_NAME ? [paxRecord("linkpath", target)] : []),
  ];
  const type = { file: "0", link: "2", folder: "5" }[entry.type];
  const own = ustar({
    name,
    target,
    type,
    mode: entry.mode,
    owner: entry.owner ?? 0,
    size: sizeOf(entry),
    mtimeSeconds,
  });
  if (records.length === 0) {
    return own;
  }
  const pax = Buffer.concat(records);
  const first = ustar({ name: "pax", target: "", type: "x", mode: 0o644, owner: 0, size: pax.length, mtimeSeconds });
  return Buffer.concat([first, pax, Buffer.alloc((BLOCK - (pax.length % BLOCK)) % BLOCK), own]);
}

function ustar(fields: {
  readonly name: string;
  readonly target: string;
  readonly type: string;
  readonly mode: number;
  readonly owner: number;
  readonly size: number;
  readonly mtimeSeconds: number;
}): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(fields.name, 0, MAX_USTAR_NAME);
  block.write(octal(fields.mode, 7), 100);
  block.write(octal(fields.owner, 7), 108);
  block.write(octal(fields.owner, 7), 116);
  block.write(octal(fields.size, 11), 124);
  block.write(octal(fields.mtimeSeconds, 11), 136);
  block.write(" ".repeat(8), 148);
  block.write(fields.type, 156);
  block.write(fields.target, 157, MAX_USTAR_NAME);
  block.write("ustar\u000000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

/** The length of a record counts its own digits. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}
