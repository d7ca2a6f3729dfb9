// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { ImageSourceError } from "../errors.ts";

/** Large reads keep the number of chunks, and with it the cost per byte, small. */
const CHUNK_BYTES = 512 * 1024;

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
 * The bytes [start, end) of an open file; ends early when the file is shorter. A chunk is valid until the next one is asked
 * for: there are two buffers, and while one is used the next chunk is read into the other.
 */
export async function* readFileRange(
  handle: FileHandle,
  range: { readonly start: number; readonly end: number },
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const { end } = range;
  const buffers: Buffer[] = [];
  let position = range.start;
  let turn = 0;
  function readNext(): ReturnType<typeof handle.read<Buffer>> {
    const buffer = (buffers[turn] ??= Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end - range.start)));
    return handle.read(buffer, 0, Math.min(buffer.length, end - position), position);
  }
  let reading = position < end ? readNext() : undefined;
  try {
    while (reading !== undefined) {
      signal?.throwIfAborted();
      const { buffer, bytesRead } = await reading;
      reading = undefined;
      position += bytesRead;
      if (bytesRead > 0 && position < end) {
        turn = 1 - turn;
        reading = readNext();
        // awaited with the next chunk, if one is asked for; until then a failure is not unhandled
        reading.catch(() => undefined);
      }
      if (bytesRead > 0) {
        yield buffer.subarray(0, bytesRead);
      }
    }
  } finally {
    // nobody may read from a file that is closed next
    await reading?.catch(() => undefined);
  }
}
