// SPDX-License-Identifier: Apache-2.0
import { createZstdDecompress } from "node:zlib";
import type { Limits } from "#base";
import { type LayerCompression, OciError } from "#oci";
import { GzipInflater } from "./gzip-inflater.ts";
import { Inflater } from "./inflater.ts";
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

/** Inflates a layer, chunk by chunk. Throws `OciError` `LIMIT_EXCEEDED` (a bomb) or `InflateError` (broken content). */
export async function inflateLayer(chunks: AsyncIterable<Uint8Array>, options: InflateOptions): Promise<void> {
  if (options.compression === "none") {
    for await (const chunk of chunks) {
      options.onChunk(chunk);
    }
    return;
  }
  const consume = limitInflation(options);
  function onData(chunk: Uint8Array): void {
    options.signal?.throwIfAborted();
    consume(chunk);
    releaseMemory(chunk);
  }
  await pump(
    chunks,
    options.compression === "gzip" ? new GzipInflater({ chunkSize: CHUNK_BYTES, onData }) : createZstdInflater(onData),
  );
}

/** Takes compressed bytes, which are free again when the next `write` has ended. */
interface LayerInflater {
  write(bytes: Uint8Array): Promise<void>;
  /** Ends when all of them are inflated. */
  drain(): Promise<void>;
  finish(): Promise<void>;
  destroy(): void;
}

function createZstdInflater(onData: (chunk: Uint8Array) => void): LayerInflater {
  const inflater = new Inflater(createZstdDecompress({ chunkSize: CHUNK_BYTES }), onData);
  const frames = new ZstdFrames();
  return {
    async write(bytes) {
      for (const piece of frames.cut(bytes)) {
        await inflater.write(piece);
      }
    },
    drain: () => inflater.drain(),
    finish: () => inflater.finish(),
    destroy: () => inflater.destroy(),
  };
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
 * Reads and writes at the same time: while a chunk is inflated the next one is fetched. Chunks are copied, so that
 * sources may read all of them into one buffer, which halves the memory of a scan.
 */
async function pump(chunks: AsyncIterable<Uint8Array>, inflater: LayerInflater): Promise<void> {
  let [copy, before] = [Buffer.alloc(0), Buffer.alloc(0)];
  try {
    for await (const chunk of chunks) {
      if (chunk.length > 0) {
        [copy, before] = [before, copy];
        copy = copy.length < chunk.length ? Buffer.allocUnsafeSlow(chunk.length) : copy;
        copy.set(chunk);
        await inflater.write(copy.subarray(0, chunk.length));
      }
    }
    await inflater.finish();
  } catch (error) {
    // What is wrong with earlier bytes comes before what the source says about later ones.
    await inflater.drain();
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
