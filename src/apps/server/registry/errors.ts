// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

/** Error codes on the wire: those of the distribution specification ("Error Codes") and, below, ours and those of other registries. */
export type RegistryErrorCode =
  | "BLOB_UNKNOWN"
  | "BLOB_UPLOAD_INVALID"
  | "BLOB_UPLOAD_UNKNOWN"
  | "DIGEST_INVALID"
  | "MANIFEST_BLOB_UNKNOWN"
  | "MANIFEST_INVALID"
  | "MANIFEST_UNKNOWN"
  | "NAME_INVALID"
  | "NAME_UNKNOWN"
  | "SIZE_INVALID"
  | "UNAUTHORIZED"
  | "DENIED"
  | "UNSUPPORTED"
  | "TOOMANYREQUESTS"
  | "TAG_INVALID"
  | "RANGE_INVALID"
  | "PAGINATION_NUMBER_INVALID"
  | "BLOB_UPLOAD_BUSY"
  | "BLOB_TOO_LARGE"
  | "MANIFEST_TOO_LARGE"
  | "DISK_FULL"
  | "UNAVAILABLE"
  | "UNKNOWN";

/** The one place that knows which status an error has. */
export const HTTP_STATUS: Readonly<Record<RegistryErrorCode, number>> = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 400,
  BLOB_UPLOAD_UNKNOWN: 404,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 404,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  SIZE_INVALID: 400,
  UNAUTHORIZED: 401,
  DENIED: 403,
  UNSUPPORTED: 405,
  TOOMANYREQUESTS: 429,
  TAG_INVALID: 400,
  RANGE_INVALID: 416,
  PAGINATION_NUMBER_INVALID: 400,
  BLOB_UPLOAD_BUSY: 409,
  BLOB_TOO_LARGE: 413,
  MANIFEST_TOO_LARGE: 413,
  DISK_FULL: 507,
  UNAVAILABLE: 503,
  UNKNOWN: 500,
};

/** A request that is answered with an error. Message and `details` go to the client: nothing secret, nothing internal. */
export class RegistryError extends CodedError<RegistryErrorCode> {
  override readonly name: string = "RegistryError";
  /** Headers of the answer beside the usual ones, e.g. `WWW-Authenticate`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: RegistryErrorCode,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly details?: Readonly<Record<string, unknown>>;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(code, message, options);
    this.headers = options.headers ?? {};
  }
}
