// SPDX-License-Identifier: Apache-2.0
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { type Limits, messageOf } from "#base";
import { type LayerCompression, OciError } from "#oci";

/** Node's default of 16 KiB costs 2.3 times as much (measured in spec/scanner.md, "Layers"). */
const CHUNK_BYTES = 1024 * 1024;

export interface InflateOptions {
  readonly compression: LayerCompression;
  /** Size of the layer as transferred, against which the ratio is judged. */
  readonly compressedBytes: number;
  readonly limits: Limits;
  /** Gets the inflated bytes in order; what it throws ends the reading. */
  onChunk(chunk: Uint8Array): void;
  readonly signal?: AbortSignal | undefined;
}

/** Inflated content that is broken; errors of the source of the chunks pass through unchanged. */
export class InflateError extends OciError {
  override readonly name: string = "InflateError";
}

/** Inflates a layer, chunk by chunk. Throws `OciError` `LIMIT_EXCEEDED` (a bomb) or `InflateError` (broken content). */
export async function inflateLayer(chunks: AsyncIterable<Uint8Array>, options: InflateOptions): Promise<void> {
  const { compression, limits, compressedBytes } = options;
  const maxBytes = Math.min(
    limits.maxInflatedLayerBytes,
    Math.max(limits.minRatioBytes, compressedBytes * limits.maxCompressionRatio),
  );
  let inflatedBytes = 0;
  async function consume(inflated: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of inflated) {
      inflatedBytes += chunk.length;
      if (inflatedBytes > maxBytes && compression !== "none") {
        throw new OciError(
          "LIMIT_EXCEEDED",
          `layer of ${compressedBytes} bytes inflates to more than ${maxBytes} bytes`,
        );
      }
      options.onChunk(chunk);
    }
  }
  if (compression === "none") {
    await consume(chunks);
    return;
  }
  const inflater =
    compression === "gzip"
      ? createGunzip({ chunkSize: CHUNK_BYTES })
      : createZstdDecompress({ chunkSize: CHUNK_BYTES });
  try {
    await pipeline(chunks, inflater, consume, options.signal === undefined ? {} : { signal: options.signal });
  } catch (error) {
    throw isZlibError(error)
      ? new InflateError("TAR_INVALID", `layer is not valid ${compression}: ${messageOf(error)}`, { cause: error })
      : error;
  }
}

function isZlibError(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    /^(?:Z_|ZSTD_|ERR_ZLIB)/.test(error.code)
  );
}
