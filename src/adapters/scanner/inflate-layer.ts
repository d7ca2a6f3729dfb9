// SPDX-License-Identifier: Apache-2.0
import type { Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { type Limits, messageOf } from "#base";
import { type LayerCompression, OciError } from "#oci";
import { ZstdFrames } from "./zstd-frames.ts";

/** Node's default of 16 KiB costs 2.3 times as much (measured, spec/scanner.md "Layers"). */
const CHUNK_BYTES = 1024 * 1024;

export interface InflateOptions {
  readonly compression: LayerCompression;
  /** Size of the layer as transferred, against which the ratio is judged. */
  readonly compressedBytes: number;
  readonly limits: Limits;
  /** Gets the inflated bytes in order, which hold only during the call; what it throws ends the reading. */
  onChunk(chunk: Uint8Array): void;
  readonly signal?: AbortSignal | undefined;
}

/** Inflated content that is broken; errors of the source of the chunks pass through unchanged. */
export class InflateError extends OciError {
  override readonly name: string = "InflateError";
}

/** Inflates a layer, chunk by chunk. Throws `OciError` `LIMIT_EXCEEDED` (a bomb) or `InflateError` (broken content). */
export async function inflateLayer(chunks: AsyncIterable<Uint8Array>, options: InflateOptions): Promise<void> {
  const { compression } = options;
  if (compression === "none") {
    for await (const chunk of chunks) {
      options.onChunk(chunk);
    }
    return;
  }
  const inflater =
    compression === "gzip"
      ? createGunzip({ chunkSize: CHUNK_BYTES })
      : createZstdDecompress({ chunkSize: CHUNK_BYTES });
  const consume = limitInflation(options);
  const frames = compression === "zstd" ? new ZstdFrames() : undefined;
  await pump(chunks, {
    inflater,
    cut: (chunk) => frames?.cut(chunk) ?? [chunk],
    onData: (chunk) => {
      options.signal?.throwIfAborted();
      consume(chunk);
      releaseMemory(chunk);
    },
  });
}

/** A bomb is stopped by its ratio long before it has reached the absolute limit. */
function limitInflation({ compressedBytes, limits, onChunk }: InflateOptions): (chunk: Uint8Array) => void {
  const byRatio = Math.max(limits.minRatioBytes, compressedBytes * limits.maxCompressionRatio);
  const maxBytes = Math.min(limits.maxInflatedLayerBytes, byRatio);
  let bytes = 0;
  return (chunk) => {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new OciError("LIMIT_EXCEEDED", `layer of ${compressedBytes} bytes inflates to more than ${maxBytes} bytes`);
    }
    onChunk(chunk);
  };
}

/**
 * Like `stream.pipeline`, but takes the next chunk only when the last one was copied or used up (sources may then read
 * into one buffer, which halves the memory of a scan), and keeps two processors busy: zlib, which has threads of its own,
 * inflates while here the next chunk is read and the last inflated one is used.
 */
async function pump(
  chunks: AsyncIterable<Uint8Array>,
  through: {
    readonly inflater: Transform;
    cut(chunk: Uint8Array): Iterable<Uint8Array>;
    onData(chunk: Uint8Array): void;
  },
): Promise<void> {
  const { inflater } = through;
  const state: { failure?: unknown; hasFailed: boolean; wake: () => void } = {
    hasFailed: false,
    wake: () => undefined,
  };
  function fail(error: unknown): void {
    if (!state.hasFailed) {
      state.hasFailed = true;
      state.failure = error;
    }
    inflater.destroy();
    state.wake();
  }
  function use(chunk: Uint8Array): void {
    if (state.hasFailed) {
      return;
    }
    try {
      through.onData(chunk);
    } catch (error) {
      fail(error);
    }
  }
  // Once this event is over zlib goes on with the next chunk. Microtasks run right after that and before any answer of
  // zlib, so chunks stay in order and only one waits at a time.
  inflater.on("data", (chunk: Uint8Array) => queueMicrotask(() => use(chunk)));
  inflater.on("error", (error) =>
    fail(new InflateError("TAR_INVALID", `layer is not well compressed: ${messageOf(error)}`, { cause: error })),
  );
  inflater.on("end", () => state.wake());
  async function step(begin: (done: () => void) => void): Promise<void> {
    await new Promise<void>((resolve) => {
      state.wake = resolve;
      begin(resolve);
    });
    if (state.hasFailed) {
      throw state.failure;
    }
  }
  async function write(chunk: Uint8Array): Promise<void> {
    for (const piece of through.cut(chunk)) {
      await step((done) => inflater.write(piece, () => done()));
    }
  }
  let own = Buffer.alloc(0);
  let writing = Promise.resolve();
  try {
    for await (const chunk of chunks) {
      await writing;
      own = own.length < chunk.length ? Buffer.allocUnsafeSlow(chunk.length) : own;
      own.set(chunk);
      writing = write(own.subarray(0, chunk.length));
      // Awaited with the next chunk, or when there is none; until then a failure is not unhandled.
      writing.catch(() => undefined);
    }
    await writing;
    await step(() => (inflater.readableEnded ? state.wake() : inflater.end()));
  } catch (error) {
    // What zlib says about earlier bytes comes before what the source says about later ones.
    await writing;
    throw error;
  } finally {
    inflater.destroy();
  }
}

/**
 * Gives the memory of a chunk back at once. Waiting for the garbage collector costs a fifth of the time of a scan: it
 * runs for every few megabytes of buffers. zlib goes on writing behind a chunk that does not reach its buffer's end.
 */
function releaseMemory(chunk: Uint8Array): void {
  const { buffer } = chunk;
  if (buffer instanceof ArrayBuffer && chunk.byteOffset + chunk.byteLength === buffer.byteLength) {
    buffer.transfer(0);
  }
}
