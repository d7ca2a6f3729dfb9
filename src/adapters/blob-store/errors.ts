// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type BlobStoreErrorCode =
  | "UPLOAD_UNKNOWN"
  | "UPLOAD_OFFSET"
  | "UPLOAD_BUSY"
  | "DISK_FULL"
  | "SIZE_LIMIT"
  | "DIGEST_MISMATCH"
  | "BLOB_CORRUPT"
  | "BLOB_TOO_LARGE"
  | "LAYOUT_UNSUPPORTED";

/** Blobs that cannot be stored or read as asked. `UPLOAD_OFFSET` has `details.receivedBytes`. */
export class BlobStoreError extends CodedError<BlobStoreErrorCode> {
  override readonly name: string = "BlobStoreError";
}

/** The error itself, or `DISK_FULL` where the system said that there is no room (ENOSPC, or EDQUOT: the quota is used up). */
export function toBlobStoreError(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOSPC" || code === "EDQUOT"
    ? new BlobStoreError("DISK_FULL", "no space left to store blobs", { cause: error })
    : error;
}
