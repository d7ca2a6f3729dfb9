// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { ImageSourceError } from "../errors.ts";

/** Large reads keep the number of chunks, and with it the cost per byte, small. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Opens a regular file. Throws `SOURCE_NOT_FOUND` or `SOURCE_UNREADABLE`; a pipe or device is refused without waiting
 * for its other end.
 */
export async function openFile(path: string): Promise<{ readonly handle: FileHandle; readonly size: number }> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const isMissing =
      error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
    throw new ImageSourceError(
      isMissing ? "SOURCE_NOT_FOUND" : "SOURCE_UNREADABLE",
      isMissing ? `no such file: ${path}` : `cannot open ${path}`,
      { cause: error, details: { path } },
    );
  }
  const stats = await handle.stat();
  if (!stats.isFile()) {
    await handle.close();
    throw new ImageSourceError("SOURCE_UNREADABLE", `not a regular file: ${path}`, { details: { path } });
  }
  return { handle, size: stats.size };
}

/**
 * The bytes [start, end) of an open file; ends early when the file is shorter. All chunks share one buffer: a chunk is
 * valid until the next one is asked for.
 */
export async function* readFileRange(
  handle: FileHandle,
  range: { readonly start: number; readonly end: number },
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(CHUNK_BYTES, range.end - range.start)));
  let position = range.start;
  while (position < range.end) {
    signal?.throwIfAborted();
    const wanted = Math.min(buffer.length, range.end - position);
    const { bytesRead } = await handle.read(buffer, 0, wanted, position);
    if (bytesRead === 0) {
      return;
    }
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
