// SPDX-License-Identifier: Apache-2.0
import { CodedError, type Digest, DigestStream, digestAlgorithm, type Limits, messageOf } from "#base";
import {
  createTarReader,
  type Descriptor,
  type ImageSource,
  type LayerCompression,
  OciError,
  type TarEntry,
  type TarProblem,
} from "#oci";
import type { Problem, ProblemCode } from "#packages";
import { inflateLayer } from "./inflate-layer.ts";
import { InflateError } from "./inflater.ts";

/** What is done with the entries of a layer. */
export interface LayerVisitor {
  onEntry(entry: TarEntry): void;
  select(entry: TarEntry): boolean | "sniff";
  /** Asked after `"sniff"`. */
  accepts?(entry: TarEntry, head: Uint8Array): boolean;
  /** The bytes hold only during the call. */
  onFile(entry: TarEntry, bytes: Uint8Array): void;
  onTarProblem(problem: TarProblem): void;
}

export interface ReadLayerOptions {
  readonly source: Pick<ImageSource, "openBlob">;
  readonly descriptor: Descriptor;
  readonly compression: LayerCompression;
  readonly diffId: Digest;
  readonly limits: Limits;
  readonly visitor: LayerVisitor;
  onBytes?(compressedBytes: number): void;
  readonly signal?: AbortSignal | undefined;
}

/** How reading a layer ended. */
export interface LayerReading {
  /** Digest, size and diffID are as promised. What a visitor saw counts only then. */
  readonly isVerified: boolean;
  readonly problems: readonly Problem[];
}

/** Reads a layer from end to end. Throws only when `signal` is aborted. */
export async function readLayer(options: ReadLayerOptions): Promise<LayerReading> {
  const { descriptor, diffId, limits, visitor } = options;
  const problems: Problem[] = [];
  function report(code: ProblemCode, message: string): void {
    problems.push({ code, message, layer: diffId });
  }
  const feedTar = tolerantTarReader(visitor, limits, report);
  // The source has verified the digest; an uncompressed layer's diffID is the same.
  const isHashed = options.compression !== "none" || descriptor.digest !== diffId;
  const hash = isHashed ? new DigestStream(digestAlgorithm(diffId)) : undefined;
  try {
    const blob = await options.source.openBlob(descriptor, options.signal);
    await inflateLayer(options.onBytes === undefined ? blob : countBytes(blob, options.onBytes), {
      compression: options.compression,
      compressedBytes: descriptor.size,
      limits,
      signal: options.signal,
      onChunk: (chunk) => {
        hash?.update(chunk);
        feedTar(chunk);
      },
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    report(codeOf(error), messageOf(error));
    return { isVerified: false, problems };
  }
  if (hash !== undefined && hash.digest() !== diffId) {
    report("LAYER_DIFF_ID_MISMATCH", "inflated layer has another digest than the image configuration says");
    return { isVerified: false, problems };
  }
  feedTar(undefined);
  return { isVerified: true, problems };
}

/** A broken archive is a problem, but its digests are still verified: the reader stops, the reading goes on. */
function tolerantTarReader(
  visitor: LayerVisitor,
  limits: Limits,
  report: (code: ProblemCode, message: string) => void,
): (chunk: Uint8Array | undefined) => void {
  const reader = createTarReader({
    limits,
    onEntry: (entry) => visitor.onEntry(entry),
    select: (entry) => visitor.select(entry),
    accepts: (entry, head) => visitor.accepts?.(entry, head) === true,
    onFile: (entry, bytes) => visitor.onFile(entry, bytes),
    onProblem: (problem) => visitor.onTarProblem(problem),
  });
  let isBroken = false;
  return (chunk) => {
    if (isBroken) {
      return;
    }
    try {
      if (chunk === undefined) {
        reader.end();
      } else {
        reader.write(chunk);
      }
    } catch (error) {
      if (!(error instanceof OciError)) {
        throw error;
      }
      isBroken = true;
      report(error.code === "LIMIT_EXCEEDED" ? "LIMIT_EXCEEDED" : "LAYER_UNREADABLE", error.message);
    }
  };
}

async function* countBytes(
  chunks: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    onBytes(chunk.length);
    yield chunk;
  }
}

function codeOf(error: unknown): ProblemCode {
  const code = error instanceof CodedError ? error.code : "";
  if (code === "BLOB_DIGEST_MISMATCH") {
    return "LAYER_DIGEST_MISMATCH";
  }
  if (code === "BLOB_TOO_SHORT" || code === "BLOB_TOO_LONG") {
    return "LAYER_SIZE_MISMATCH";
  }
  return code === "LIMIT_EXCEEDED" && !(error instanceof InflateError) ? "LIMIT_EXCEEDED" : "LAYER_UNREADABLE";
}
