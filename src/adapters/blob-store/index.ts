// SPDX-License-Identifier: Apache-2.0
export type { BlobCondition, BlobStore, ByteRange, OpenBlob, StoredBlob, Upload } from "./blob-store.ts";
export { BlobStoreError, type BlobStoreErrorCode } from "./errors.ts";
export { type OpenBlobStoreOptions, openBlobStore } from "./open-blob-store.ts";
export type { UploadOwner } from "./upload-owner.ts";
