// SPDX-License-Identifier: Apache-2.0
import { CodedError, type Digest, digestAlgorithm, digestOf } from "#base";
import type { ContentErrorCode, Descriptor, ImageSource } from "#oci";
import type { TestImage } from "./image-builder.ts";

export interface MemoryImageSourceOptions {
  /** Served under a digest instead of the right content. */
  readonly replaced?: ReadonlyMap<Digest, Uint8Array>;
  /** Bytes of one chunk; all at once unless given. */
  readonly chunkBytes?: number;
  /** Called for every blob that is opened. */
  onOpen?(digest: Digest): void;
}

/** An image source over blobs in memory. It reuses one buffer for all chunks, as the contract allows. */
export function memoryImageSource(image: TestImage, options: MemoryImageSourceOptions = {}): ImageSource {
  function find(descriptor: Descriptor): Uint8Array {
    const bytes = options.replaced?.get(descriptor.digest) ?? image.blobs.get(descriptor.digest);
    if (bytes === undefined) {
      throw contentError("BLOB_MISSING", descriptor);
    }
    return bytes;
  }
  async function* read(bytes: Uint8Array, descriptor: Descriptor, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const buffer = Buffer.alloc(options.chunkBytes ?? Math.max(1, bytes.length));
    for (let at = 0; at < Math.min(bytes.length, descriptor.size + 1); at += buffer.length) {
      signal?.throwIfAborted();
      const chunk = bytes.subarray(at, at + buffer.length);
      buffer.set(chunk);
      yield await Promise.resolve(buffer.subarray(0, chunk.length));
      buffer.fill(0xaa);
    }
    if (bytes.length !== descriptor.size) {
      throw contentError(bytes.length < descriptor.size ? "BLOB_TOO_SHORT" : "BLOB_TOO_LONG", descriptor);
    }
    if (digestOf(bytes, digestAlgorithm(descriptor.digest)) !== descriptor.digest) {
      throw contentError("BLOB_DIGEST_MISMATCH", descriptor);
    }
  }
  return {
    location: "memory:",
    root: { ...image.manifest, bytes: image.blobs.get(image.manifest.digest) ?? Buffer.alloc(0) },
    readManifest: async (descriptor) => {
      const parts: Uint8Array[] = [];
      for await (const chunk of read(find(descriptor), descriptor)) {
        parts.push(Buffer.from(chunk));
      }
      return Buffer.concat(parts);
    },
    openBlob: async (descriptor, signal) => {
      options.onOpen?.(descriptor.digest);
      return await Promise.resolve(read(find(descriptor), descriptor, signal));
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function contentError(code: ContentErrorCode, descriptor: Descriptor): CodedError {
  return new CodedError(code, `content of ${descriptor.digest} is not as promised`);
}
