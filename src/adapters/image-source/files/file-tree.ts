// SPDX-License-Identifier: Apache-2.0
import type { Digest, DigestAlgorithm } from "#base";
import { ImageSourceError } from "../errors.ts";

/** A digest in the making. */
export interface ChunkHash {
  update(chunk: Uint8Array): void;
  digest(): Digest;
}

/** A file that can be read from its beginning as often as needed. */
export interface ReadableFile {
  readonly size: number;
  /** At most `maxBytes` from the beginning; all of it unless given. A chunk is valid until the next one is asked for. */
  read(signal?: AbortSignal, maxBytes?: number): AsyncIterable<Uint8Array>;
  /** Reads all of it, as `read` does, with a hash that sees the chunks by itself. */
  readHashed?(options: { readonly algorithm: DigestAlgorithm; readonly signal?: AbortSignal | undefined }): {
    readonly chunks: AsyncIterable<Uint8Array>;
    readonly hash: ChunkHash;
  };
}

/** Files by relative path: a folder on disk, or the content of a tar archive. */
export interface FileTree extends AsyncDisposable {
  /** `undefined` when there is no regular file of this name. */
  find(path: string): Promise<ReadableFile | undefined>;
}

/** Chunks in one piece of at most `maxBytes`, copied as they come. */
export async function gather(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const whole = Buffer.allocUnsafeSlow(maxBytes);
  let filled = 0;
  for await (const chunk of chunks) {
    whole.set(chunk.subarray(0, maxBytes - filled), filled);
    filled = Math.min(maxBytes, filled + chunk.length);
  }
  return whole.subarray(0, filled);
}

/** The whole of a file; throws `LIMIT_EXCEEDED` when it has more than `maxBytes`. */
export async function readSmallFile(file: ReadableFile, path: string, maxBytes: number): Promise<Uint8Array> {
  if (file.size > maxBytes) {
    throw new ImageSourceError("LIMIT_EXCEEDED", `the file ${path.slice(0, 256)} is larger than ${maxBytes} bytes`);
  }
  return gather(file.read(), file.size);
}
