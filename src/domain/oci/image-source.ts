// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Descriptor } from "./manifest.ts";
import type { TarReaderOptions } from "./tar/tar-reader.ts";

/** What is done with the files of a layer: as with the entries of an archive. */
export type FileVisitor = Omit<TarReaderOptions, "limits">;

/** Codes by which every source says that content is not what its descriptor promises. */
export type ContentErrorCode = "BLOB_MISSING" | "BLOB_TOO_SHORT" | "BLOB_TOO_LONG" | "BLOB_DIGEST_MISMATCH";

/**
 * Where the bytes of an image come from: a registry, an OCI layout, an archive, our own blob store. Implemented by
 * adapters; each must pass the contract suite in `test/support/contracts/image-source.ts`.
 */
export interface ImageSource extends AsyncDisposable {
  /** The location as the user wrote it, without credentials. */
  readonly location: string;
  /** The manifest or index that the location names, verified against its digest. */
  readonly root: { readonly mediaType: string; readonly digest: Digest; readonly bytes: Uint8Array };
  /** A child manifest, verified against digest and size. */
  readManifest(descriptor: Descriptor): Promise<Uint8Array>;
  /**
   * The content of a blob as chunks. The stream throws before its end when the bytes do not match digest or size, so a
   * reader who reached the end has read what the descriptor promised. It throws a `CodedError` with one of
   * {@link ContentErrorCode}. A chunk is valid until the next one is asked for: copy what you keep.
   */
  openBlob(descriptor: Descriptor, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Shows the files of a layer that is no blob but a folder (media type `ROOT_FILESYSTEM`), always in the same order. Only
   * sources that make such layers have it.
   */
  readFiles?(descriptor: Descriptor, visitor: FileVisitor, signal?: AbortSignal): Promise<void>;
}
