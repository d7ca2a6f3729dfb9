// SPDX-License-Identifier: Apache-2.0
import type { BlobStoreErrorCode } from "#blob-store";
import { BlobStoreError } from "#blob-store";
import { DatabaseError, type DatabaseErrorCode } from "#database";
import type { Translate } from "#messages";
import { OciError, type OciErrorCode } from "#oci";
import { RegistryError, type RegistryErrorCode } from "../errors.ts";

const OF_BLOB_STORE: Readonly<Record<BlobStoreErrorCode, RegistryErrorCode>> = {
  UPLOAD_UNKNOWN: "BLOB_UPLOAD_UNKNOWN",
  UPLOAD_OFFSET: "RANGE_INVALID",
  UPLOAD_BUSY: "BLOB_UPLOAD_BUSY",
  DISK_FULL: "DISK_FULL",
  DISK_READ_ONLY: "UNAVAILABLE",
  SIZE_LIMIT: "BLOB_TOO_LARGE",
  DIGEST_MISMATCH: "DIGEST_INVALID",
  BLOB_CORRUPT: "UNKNOWN",
  BLOB_TOO_LARGE: "BLOB_TOO_LARGE",
  LAYOUT_UNSUPPORTED: "UNKNOWN",
};

const OF_OCI: Readonly<Record<OciErrorCode, RegistryErrorCode>> = {
  REFERENCE_INVALID: "NAME_INVALID",
  MANIFEST_INVALID: "MANIFEST_INVALID",
  MANIFEST_UNSUPPORTED: "MANIFEST_INVALID",
  CONFIG_INVALID: "MANIFEST_INVALID",
  TAR_INVALID: "MANIFEST_INVALID",
  LIMIT_EXCEEDED: "MANIFEST_INVALID",
};

/** What passes by itself, or when somebody starts the database again: the client shall try again, it is no bug. */
const OF_DATABASE: Readonly<Partial<Record<DatabaseErrorCode, RegistryErrorCode>>> = {
  DATABASE_UNAVAILABLE: "UNAVAILABLE",
  DATABASE_HOST_UNKNOWN: "UNAVAILABLE",
  DATABASE_LOGIN_REFUSED: "UNAVAILABLE",
  DATABASE_MISSING: "UNAVAILABLE",
  DATABASE_START_FAILED: "UNAVAILABLE",
  DISK_FULL: "DISK_FULL",
};

/**
 * A refusal in JSON has one of the codes of the specification (distribution-spec, "Error Codes": MUST); ours, which says more, is `code` in
 * the detail then. Failures of the server (5xx) are no refusals, and have their own.
 */
const SPECIFIED_CODE: Readonly<Partial<Record<RegistryErrorCode, RegistryErrorCode>>> = {
  RANGE_INVALID: "SIZE_INVALID",
  PAGINATION_NUMBER_INVALID: "UNSUPPORTED",
  BLOB_UPLOAD_BUSY: "BLOB_UPLOAD_INVALID",
  BLOB_TOO_LARGE: "SIZE_INVALID",
  MANIFEST_TOO_LARGE: "MANIFEST_INVALID",
  REQUEST_TIMEOUT: "SIZE_INVALID",
  TOO_MANY_TAGS: "UNSUPPORTED",
  QUOTA_EXCEEDED: "DENIED",
};

/** What the client is told about anything that was thrown. What we did not expect becomes `UNKNOWN` without its message. */
export function toRegistryError(error: unknown): RegistryError {
  if (error instanceof RegistryError) {
    return error;
  }
  if (error instanceof OciError) {
    return new RegistryError(OF_OCI[error.code], error.message, { cause: error, details: error.details });
  }
  if (error instanceof BlobStoreError && OF_BLOB_STORE[error.code] !== "UNKNOWN") {
    return new RegistryError(OF_BLOB_STORE[error.code], error.message, { cause: error, details: error.details });
  }
  const ofDatabase = error instanceof DatabaseError ? OF_DATABASE[error.code] : undefined;
  if (ofDatabase !== undefined) {
    // Not the error's own message: it names hosts and folders.
    const message =
      ofDatabase === "DISK_FULL" ? "the registry has no space left" : "the database is not available now; try again";
    return new RegistryError(ofDatabase, message, { cause: error });
  }
  return new RegistryError("UNKNOWN", "the registry failed; the request id finds the reason in its log", {
    cause: error,
  });
}

/** The body of an error answer (distribution-spec, "Error Codes"). */
export function errorBody(error: RegistryError, translate?: Translate): Buffer {
  const message =
    error.text === undefined || translate === undefined ? error.message : translate(error.text.id, error.text.params);
  const code = SPECIFIED_CODE[error.code];
  const detail = { ...(code === undefined ? {} : { code: error.code }), ...error.details };
  return Buffer.from(
    JSON.stringify({
      errors: [{ code: code ?? error.code, message, ...(Object.keys(detail).length > 0 ? { detail } : {}) }],
    }),
  );
}
