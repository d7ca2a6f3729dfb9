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
 * Like `stream.pipeline`, but takes the next chunk only when the last one was used up: sources may then read into one
 * buffer, which halves the memory of a scan.
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
  inflater.on("data", (chunk: Uint8Array) => {
    if (state.hasFailed) {
      return;
    }
    try {
      through.onData(chunk);
    } catch (error) {
      fail(error);
    }
  });
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
  try {
    for await (const chunk of chunks) {
      for (const piece of through.cut(chunk)) {
        await step((done) => inflater.write(piece, () => done()));
      }
    }
    await step(() => (inflater.readableEnded ? state.wake() : inflater.end()));
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
