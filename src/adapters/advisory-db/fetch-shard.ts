// SPDX-License-Identifier: Apache-2.0
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import { CodedError, isDigest, LIMITS, type Limits, messageOf } from "#base";
import type { ImageSource } from "#oci";
import type { DatabaseLayer } from "./artifact-types.ts";
import { AdvisoryDatabaseError } from "./errors.ts";
import { Shard } from "./open-shard.ts";
import { syncFile } from "./sync-path.ts";

/** How large the parts of a database may be that somebody else has made. */
export type TransportLimits = Pick<Limits, "maxAdvisoryIndexBytes" | "maxAdvisoryShardBytes" | "maxAdvisoryDeltaBytes">;

/**
 * Fetches the layer of a shard into a file and verifies its content against the digest that the layer claims. Throws
 * `ADVISORY_SOURCE_…` and `ADVISORY_DATABASE_CORRUPT`, and leaves no file then.
 */
export async function fetchShard(
  source: ImageSource,
  layer: DatabaseLayer,
  path: string,
  { signal, limits = LIMITS }: { readonly signal?: AbortSignal | undefined; readonly limits?: TransportLimits } = {},
): Promise<void> {
  try {
    await pipeline(
      Readable.from(inflateLayer(source, layer, limits.maxAdvisoryShardBytes, signal)),
      createWriteStream(path, { mode: 0o644 }),
    );
    if (!isDigest(layer.digest)) {
      throw new AdvisoryDatabaseError("ADVISORY_SOURCE_MALFORMED", `the layer of ${layer.shard} names no digest`);
    }
    using shard = new Shard(path, { name: layer.shard, digest: layer.digest });
    await shard.verifySteadily();
    await syncFile(path);
  } catch (error) {
    await rm(path, { force: true });
    throw fetchFailure(error, layer, signal);
  }
}

/** The inflated bytes of a layer, at most `maxBytes` and no bomb. */
export async function* inflateLayer(
  source: ImageSource,
  layer: DatabaseLayer,
  maxBytes: number,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const chunks = await source.openBlob(layer.descriptor, signal);
  const limit = Math.min(maxBytes, Math.max(LIMITS.minRatioBytes, layer.descriptor.size * LIMITS.maxCompressionRatio));
  // a chunk is valid until the next one is asked for
  const packed = Readable.from(copied(chunks));
  const inflated = createZstdDecompress({ chunkSize: 1 << 20 });
  const done = pipeline(packed, inflated).catch((error: unknown) => inflated.destroy(error as Error));
  let total = 0;
  try {
    for await (const chunk of inflated as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > limit) {
        throw new AdvisoryDatabaseError(
          "ADVISORY_SOURCE_LIMIT_EXCEEDED",
          `the layer of ${layer.shard} inflates to more than ${limit} bytes`,
        );
      }
      yield chunk;
    }
  } finally {
    inflated.destroy();
    packed.destroy();
    await done;
  }
}

/** What a person reads about a download that failed; codes of registries and layouts stay as they are. */
export function fetchFailure(error: unknown, layer: Pick<DatabaseLayer, "shard">, signal?: AbortSignal): unknown {
  if (signal?.aborted === true) {
    return new AdvisoryDatabaseError(
      "ADVISORY_IMPORT_ABORTED",
      "the update was stopped; the database in use is unchanged",
    );
  }
  if (error instanceof CodedError) {
    return error;
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return new AdvisoryDatabaseError(
    /^E(?:NOSPC|ACCES|PERM|ROFS|DQUOT|IO)$/.test(code) ? "ADVISORY_DATABASE_UNWRITABLE" : "ADVISORY_SOURCE_MALFORMED",
    `cannot fetch ${layer.shard}: ${messageOf(error)}; the database in use is unchanged`,
    { cause: error },
  );
}

async function* copied(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    yield Buffer.from(chunk);
  }
}
