// SPDX-License-Identifier: Apache-2.0
import { CodedError, type Digest } from "#base";

export type BlobStoreErrorCode =
  /** No such upload, or it was finished or given up. */
  | "UPLOAD_UNKNOWN"
  /** A chunk does not begin where the last one ended. Details: `receivedBytes`. */
  | "UPLOAD_OFFSET"
  /** Another request is writing to this upload. */
  | "UPLOAD_BUSY"
  /** No space left to store blobs. */
  | "DISK_FULL"
  /** The storage takes no writes. */
  | "DISK_READ_ONLY"
  /** The upload is larger than the limit for blobs. */
  | "SIZE_LIMIT"
  /** What was uploaded does not have the digest that was promised. */
  | "DIGEST_MISMATCH"
  /** A stored blob no longer matches its digest. */
  | "BLOB_CORRUPT"
  /** The blob is larger than the caller is ready to hold in memory. */
  | "BLOB_TOO_LARGE"
  /** The folder holds an OCI layout of another version, or something else. */
  | "LAYOUT_UNSUPPORTED";

/** Blobs that cannot be stored or read as asked. `UPLOAD_OFFSET` has `details.receivedBytes`. */
export class BlobStoreError extends CodedError<BlobStoreErrorCode> {
  override readonly name: string = "BlobStoreError";
}

/** The error itself, or what the system meant: no room (ENOSPC, or EDQUOT: the quota is used up), or no writing (EROFS). */
export function toBlobStoreError(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EROFS") {
    return new BlobStoreError("DISK_READ_ONLY", "the storage of blobs is read-only", { cause: error });
  }
  return code === "ENOSPC" || code === "EDQUOT"
    ? new BlobStoreError("DISK_FULL", "no space left to store blobs", { cause: error })
    : error;
}

/** Content that has another digest than it was sent for. */
export function digestMismatch(wanted: Digest, found: Digest): BlobStoreError {
  return new BlobStoreError("DIGEST_MISMATCH", `content has digest ${found}, expected ${wanted}`, {
    details: { wanted, found },
  });
}
