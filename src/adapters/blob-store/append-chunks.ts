// SPDX-License-Identifier: Apache-2.0
import type { FileHandle } from "node:fs/promises";
import { BlobStoreError } from "./errors.ts";

/** Bytes gathered before they are written; two such batches exist at once. */
const BATCH_BYTES = 1024 * 1024;
/** Pieces of a batch that the system takes one by one; more and smaller ones are put together first. */
const MAX_PIECES = 64;
/** Dirty bytes after which the disk is asked to start writing, so that the fsync of a commit is short and memory stays flat. */
const FLUSH_EVERY_BYTES = 64 * 1024 * 1024;

export interface AppendOptions {
  readonly handle: FileHandle;
  /** Where the first chunk goes. */
  readonly start: number;
  /** Size that the file may reach. */
  readonly maxBytes: number;
  readonly onChunk: (chunk: Uint8Array) => void;
}

/** How far the file reaches, and why it does not reach further. */
export interface AppendResult {
  readonly end: number;
  readonly failure?: unknown;
}

/**
 * Writes chunks while the next ones arrive. Never throws: whatever goes wrong, the file ends exactly at `end`, after a
 * byte that was received, so that the upload can be resumed there. Chunks are gathered: nobody may change their bytes later.
 */
export async function appendChunks(chunks: AsyncIterable<Uint8Array>, options: AppendOptions): Promise<AppendResult> {
  const { handle, maxBytes } = options;
  let received = options.start;
  let written = options.start;
  let unflushed = 0;
  let batch: Uint8Array[] = [];
  let batchBytes = 0;
  let writing: Promise<void> = Promise.resolve();
  let flushing: Promise<unknown> | undefined;

  async function write(buffers: readonly Uint8Array[]): Promise<void> {
    const total = buffers.reduce((sum, { length }) => sum + length, 0);
    let rest = Buffer.alloc(0);
    if (buffers.length > 1 && buffers.length <= MAX_PIECES) {
      // As they came: a copy of everything that is received would be memory that waits for the garbage collector.
      const { bytesWritten } = await handle.writev(buffers, written);
      written += bytesWritten;
      unflushed += bytesWritten;
      if (bytesWritten < total) {
        rest = Buffer.concat(buffers).subarray(bytesWritten);
      }
    } else {
      rest = Buffer.concat(buffers);
    }
    while (rest.length > 0) {
      // A full disk may take a part of the bytes before it says so.
      const { bytesWritten } = await handle.write(rest, 0, rest.length, written);
      written += bytesWritten;
      unflushed += bytesWritten;
      rest = rest.subarray(bytesWritten);
    }
    if (unflushed >= FLUSH_EVERY_BYTES) {
      await flushing;
      unflushed = 0;
      flushing = handle.datasync();
      flushing.catch(() => undefined);
    }
  }

  async function writeBatch(): Promise<void> {
    const buffers = batch;
    batch = [];
    batchBytes = 0;
    await writing;
    writing = write(buffers);
    // Awaited before the next batch and at the end; this only keeps an early failure from being called unhandled.
    writing.catch(() => undefined);
  }

  let failure: unknown;
  try {
    for await (const chunk of chunks) {
      if (received + chunk.length > maxBytes) {
        throw new BlobStoreError("SIZE_LIMIT", `blob is larger than the limit of ${maxBytes} bytes`, {
          details: { maxBytes },
        });
      }
      received += chunk.length;
      options.onChunk(chunk);
      batch.push(chunk);
      batchBytes += chunk.length;
      if (batchBytes >= BATCH_BYTES) {
        await writeBatch();
      }
    }
  } catch (error) {
    failure = error;
  }
  try {
    await writeBatch();
    await writing;
    await flushing;
  } catch (error) {
    // A failing disk outranks a client that went away at the same time.
    failure = error;
    await handle.truncate(written).catch(() => undefined);
  }
  return failure === undefined ? { end: written } : { end: written, failure };
}
