// SPDX-License-Identifier: Apache-2.0
import type { FileHandle } from "node:fs/promises";
import { posix } from "node:path";
import { LIMITS, messageOf, quote } from "#base";
import { createTarReader, OciError, type TarEntry } from "#oci";
import { ImageSourceError } from "../errors.ts";
import type { FileTree, ReadableFile } from "./file-tree.ts";
import { HashedReading } from "./hashed-reading.ts";
import { openFile, readFileRange } from "./read-file-range.ts";

/** Enough for a header with its extensions; content in between is skipped by seeking. */
const HEADER_READ_BYTES = 64 * 1024;

/**
 * The files inside an uncompressed tar archive. Only headers are read, however large the archive is. With `isStrict` an archive is
 * refused that programs could read differently: two files of one name, names that lead out of it. Throws
 * `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`, `ARCHIVE_INVALID`.
 */
export async function openTarArchive(
  path: string,
  signal?: AbortSignal,
  { isStrict = false }: { readonly isStrict?: boolean } = {},
): Promise<FileTree> {
  const { handle, size } = await openFile(path);
  try {
    const entries = await readEntries(handle, size, { isStrict, signal });
    return {
      find: (name) => Promise.resolve(findEntry(entries, handle, name)),
      [Symbol.asyncDispose]: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    if (error instanceof OciError) {
      throw new ImageSourceError("ARCHIVE_INVALID", `${path} is not a tar archive: ${messageOf(error)}`, {
        cause: error,
      });
    }
    throw error;
  }
}

async function readEntries(
  handle: FileHandle,
  size: number,
  { isStrict, signal }: { readonly isStrict: boolean; readonly signal: AbortSignal | undefined },
): Promise<ReadonlyMap<string, TarEntry>> {
  const entries = new Map<string, TarEntry>();
  const reader = createTarReader({
    limits: { ...LIMITS, maxTarEntries: LIMITS.maxImageArchiveEntries },
    // A later entry of the same name replaces the earlier one, as it does when the archive is unpacked.
    onEntry(entry) {
      if (isStrict && entry.kind !== "folder" && entries.has(entry.path)) {
        throw new ImageSourceError("ARCHIVE_INVALID", `the archive has ${quote(entry.path)} twice`);
      }
      entries.set(entry.path, entry);
    },
    select: () => false,
    onFile: () => undefined,
    onProblem(problem) {
      if (isStrict) {
        throw new ImageSourceError("ARCHIVE_INVALID", `the archive has ${quote(problem.path)}: ${problem.message}`);
      }
    },
  });
  const buffer = Buffer.allocUnsafe(HEADER_READ_BYTES);
  let position = 0;
  while (position < size && !reader.isEnded) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) {
      break;
    }
    reader.write(buffer.subarray(0, bytesRead));
    position += bytesRead;
    const skipped = Math.min(reader.skippableBytes, size - position);
    reader.skip(skipped);
    position += skipped;
  }
  reader.end();
  return entries;
}

/** Old `docker save` writes a layer that it has written before as a link to the first one. */
function findEntry(entries: ReadonlyMap<string, TarEntry>, handle: FileHandle, name: string): ReadableFile | undefined {
  let entry = entries.get(posix.normalize(name));
  for (let hops = 0; entry !== undefined && hops < LIMITS.maxLinkHops; hops += 1) {
    if (entry.kind === "file") {
      const { offset: start, size } = entry;
      return {
        size,
        read: (signal, maxBytes = size) =>
          readFileRange(handle, { start, end: start + Math.min(size, maxBytes) }, signal),
        readHashed: (options) => {
          const hash = new HashedReading(options);
          return { hash, chunks: hash.read(handle, { start, end: start + size }) };
        },
      };
    }
    if (entry.kind !== "symlink" && entry.kind !== "hardlink") {
      return undefined;
    }
    const target = entry.kind === "hardlink" ? entry.link : posix.join(posix.dirname(entry.path), entry.link);
    entry = entries.get(target);
  }
  return undefined;
}
