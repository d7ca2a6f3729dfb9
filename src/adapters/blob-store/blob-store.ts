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
   * Hands out the blob, or a part of it, block by block and in order; more than one block may be under way. A
   * block may be in the hands of other readers, too, so it must not be written to, and its memory is used again once its
   * promise resolves. A whole blob is verified while it is read: `BLOB_CORRUPT` is
   * thrown before its last block was handed out when the bytes do not match. For a part the whole is verified first, unless that
   * was done lately. Once only.
   */
  copyTo(write: (block: Uint8Array) => Promise<void>, range?: ByteRange): Promise<void>;
}

/** A blob as a walk over all of them finds it. */
export interface StoredBlob {
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** When it became visible, the last time. */
  readonly storedAt: Date;
}

/** What reading a whole blob showed. */
export type BlobCondition = "whole" | "damaged" | "missing";

/** An upload in progress; survives a restart, and may be continued in another process. */
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
   * `SIZE_LIMIT`. Two writers at once, in whatever process: the second is refused with `UPLOAD_BUSY`. What was received before a failure of
   * `chunks` stays, so that the client can resume. Chunks are gathered, so each keeps its bytes until the end.
   */
  append(id: string, offset: number, chunks: AsyncIterable<Uint8Array>): Promise<Upload>;
  /** Verifies the digest and makes the blob visible; on a wrong digest the upload is removed and `DIGEST_MISMATCH` thrown. */
  commit(id: string, digest: Digest): Promise<{ readonly sizeBytes: number }>;
  /** Forgets an upload and its bytes; unknown uploads are fine, one being written is refused with `UPLOAD_BUSY`. */
  cancel(id: string): Promise<void>;
  /**
   * Removes the blob; its size, or `undefined` when it is not there. Who has it open reads on. The caller sees to it that nobody needs it, and
   * that nobody relies on having found or stored it meanwhile. One that another process stores in the same moment stays, and so does one of which
   * `mayGo`, asked last, says no or rejects.
   */
  remove(digest: Digest, mayGo?: () => Promise<boolean>): Promise<number | undefined>;
  /** All blobs after the digest (default: all), in ASCII order; what comes or goes meanwhile may be in it or not. */
  list(after?: Digest): AsyncIterable<StoredBlob>;
  /** Reads the whole blob, whatever is known of it. Reports damage as every reader does. */
  check(digest: Digest, signal?: AbortSignal): Promise<BlobCondition>;
  /** What another process found out about the blob, or repaired. Not told again. */
  noteCondition(digest: Digest, condition: "whole" | "damaged"): void;
  /** All uploads in progress but those that `isKnown` names, in no order; what comes or goes meanwhile may be in it or not. */
  listUploads(isKnown?: (id: string) => boolean): AsyncIterable<Upload>;
  /** Forgets uploads that nobody wrote to since; returns how many. */
  pruneUploads(before: Date): Promise<number>;
  /** Of the disk that the blobs are on. */
  space(): Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
  /** Absolute path of a blob, for the scan process, which reads the files itself. */
  pathOf(digest: Digest): string;
}
