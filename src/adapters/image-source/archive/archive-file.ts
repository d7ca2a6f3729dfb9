// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf } from "#base";
import { ImageSourceError } from "../errors.ts";
import type { WriteBytes } from "./tar-writer.ts";

/** Dirty bytes after which the disk is asked to write, so that the last fsync is short. */
const FLUSH_EVERY_BYTES = 64 * 1024 * 1024;

/** A file that was written. */
export interface WrittenFile {
  readonly sizeBytes: number;
  /** Of the whole file, in hexadecimal. */
  readonly sha256: string;
}

/**
 * Writes a file that appears under its name when it is whole and durable; an older one of that name stays until then. Throws
 * `ARCHIVE_UNWRITABLE`, and what `work` throws; nothing is left behind.
 */
export async function writeArchiveFile(path: string, work: (write: WriteBytes) => Promise<void>): Promise<WrittenFile> {
  const unfinished = `${path}.part`;
  const hash = createHash("sha256");
  let sizeBytes = 0;
  try {
    const handle = await onDisk(path, open(unfinished, "w", 0o600));
    try {
      let unflushed = 0;
      await work(async (bytes) => {
        hash.update(bytes);
        await onDisk(path, writeAll(handle, bytes));
        sizeBytes += bytes.length;
        unflushed += bytes.length;
        if (unflushed >= FLUSH_EVERY_BYTES) {
          unflushed = 0;
          await onDisk(path, handle.datasync());
        }
      });
      await onDisk(path, handle.sync());
    } finally {
      await handle.close();
    }
    await onDisk(path, rename(unfinished, path));
    await onDisk(path, syncParent(path));
    return { sizeBytes, sha256: hash.digest("hex") };
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0; ) {
    // a disk that runs full may take a part before it says so
    const { bytesWritten } = await handle.write(rest, 0, rest.length);
    rest = rest.subarray(bytesWritten);
  }
}

async function syncParent(path: string): Promise<void> {
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function onDisk<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new ImageSourceError("ARCHIVE_UNWRITABLE", `cannot write ${path}: ${messageOf(error)}`, {
      cause: error,
      details: { path },
    });
  }
}
