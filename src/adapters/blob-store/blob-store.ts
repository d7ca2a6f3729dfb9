// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";

/** Half-open byte range [start, end). */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A blob that is open; dispose of it in the end. */
export interface OpenBlob extends AsyncDisposable {
  readonly sizeBytes: number;
  /**
   * Hands out the blob, or a part of it, block by block and in order; more than one block may be under way. The memory
   * of a block is used again once its promise resolves. A whole blob is verified while it is read: `BLOB_CORRUPT` is
   * thrown before its last block was handed out when the bytes do not match. A part cannot be verified. Once only.
   */
  copyTo(write: (block: Uint8Array) => Promise<void>, range?: ByteRange): Promise<void>;
}

/** An upload in progress; survives a restart. */
export interface Upload {
  readonly id: string;
  readonly repository: string;
  readonly receivedBytes: number;
}

/**
 * Content-addressed blobs, in an OCI image layout on disk. A blob is visible only when its digest has been verified and
 * it is fsynced together with its folder. Contract suite: `test/support/contracts/blob-store.ts`.
 */
export interface BlobStore {
  /** Size of a blob, or `undefined` when there is none (or its file was found to be damaged, so that it is pushed again). */
  stat(digest: Digest): Promise<{ readonly sizeBytes: number } | undefined>;
  /** Opens a blob for copying, or `undefined` when there is no such blob. */
  open(digest: Digest): Promise<OpenBlob | undefined>;
  /** A whole small blob; throws `BLOB_TOO_LARGE` above `maxBytes` and `BLOB_CORRUPT` when its bytes do not match the digest. */
  read(digest: Digest, maxBytes: number): Promise<Uint8Array | undefined>;
  /** Stores a small blob (a manifest) durably. Throws `DIGEST_MISMATCH`, `DISK_FULL`. */
  put(digest: Digest, bytes: Uint8Array): Promise<void>;
  createUpload(repository: string): Promise<Upload>;
  findUpload(id: string): Promise<Upload | undefined>;
  /**
   * Appends; `offset` must equal what was received so far. Throws `UPLOAD_UNKNOWN`, `UPLOAD_OFFSET`, `DISK_FULL`,
   * `SIZE_LIMIT`. Two writers at once: the second is refused with `UPLOAD_BUSY`. What was received before a failure of
   * `chunks` stays, so that the client can resume.
   */
  append(id: string, offset: number, chunks: AsyncIterable<Uint8Array>): Promise<Upload>;
  /** Verifies the digest and makes the blob visible; on a wrong digest the upload is removed and `DIGEST_MISMATCH` thrown. */
  commit(id: string, digest: Digest): Promise<{ readonly sizeBytes: number }>;
  /** Forgets an upload and its bytes; unknown uploads are fine, one being written is refused with `UPLOAD_BUSY`. */
  cancel(id: string): Promise<void>;
  /** Absolute path of a blob, for the scan process, which reads the files itself. */
  pathOf(digest: Digest): string;
}
