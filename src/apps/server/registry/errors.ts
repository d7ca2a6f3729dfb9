// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";
import type { MessageId } from "#messages";

/**
 * Error codes: those of the distribution specification ("Error Codes") and, below, ours and those of other registries. Which of the
 * specification's stands for ours on the wire, `errorBody` knows.
 */
export type RegistryErrorCode =
  /** The repository has no such blob. */
  | "BLOB_UNKNOWN"
  /** The upload cannot go on like this. */
  | "BLOB_UPLOAD_INVALID"
  /** No such upload, or it was finished or given up. */
  | "BLOB_UPLOAD_UNKNOWN"
  /** The digest is malformed, or the content does not have it. */
  | "DIGEST_INVALID"
  /** The manifest names a blob or manifest that the repository does not have. */
  | "MANIFEST_BLOB_UNKNOWN"
  /** The manifest is malformed, or not of a type that is stored here. */
  | "MANIFEST_INVALID"
  /** The repository has no such manifest. */
  | "MANIFEST_UNKNOWN"
  /** Not a repository name. */
  | "NAME_INVALID"
  /** No such repository. */
  | "NAME_UNKNOWN"
  /** The length of the content is not the one that was announced. */
  | "SIZE_INVALID"
  /** No credentials, wrong ones, or a token without the scope. */
  | "UNAUTHORIZED"
  /** The policy refuses the image (the detail has the reasons), or the account may not do this. */
  | "DENIED"
  /** The method or operation is not offered. */
  | "UNSUPPORTED"
  /** Too many wrong passwords, or too many uploads that are not finished; `Retry-After` says how long to wait. */
  | "TOOMANYREQUESTS"
  /** Not a tag. */
  | "TAG_INVALID"
  /** A range outside the blob, or a chunk that does not begin where the last one ended. */
  | "RANGE_INVALID"
  /** `n` is not a number of entries. */
  | "PAGINATION_NUMBER_INVALID"
  /** Another request is writing to this upload. */
  | "BLOB_UPLOAD_BUSY"
  /** The blob is larger than `registry.maxBlobSize`. */
  | "BLOB_TOO_LARGE"
  /** The manifest is larger than the limit. */
  | "MANIFEST_TOO_LARGE"
  /** The client took longer to send a manifest than anybody needs. */
  | "REQUEST_TIMEOUT"
  /** One push brings more tags than the registry takes at once. */
  | "TOO_MANY_TAGS"
  /** What is pushed does not fit into the quota of a prefix. */
  | "QUOTA_EXCEEDED"
  /** The registry has no space left. */
  | "DISK_FULL"
  /** The database or the judgement is not available now; try again. */
  | "UNAVAILABLE"
  /** A bug; the log line with the request id says more. */
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
  REQUEST_TIMEOUT: 408,
  TOO_MANY_TAGS: 414,
  QUOTA_EXCEEDED: 403,
  DISK_FULL: 507,
  UNAVAILABLE: 503,
  UNKNOWN: 500,
};

/** A message of the catalogue and what fills it. */
export interface ErrorText {
  readonly id: MessageId;
  readonly params: Readonly<Record<string, string | number>>;
}

/** A request that is answered with an error. Message and `details` go to the client: nothing secret, nothing internal. */
export class RegistryError extends CodedError<RegistryErrorCode> {
  override readonly name: string = "RegistryError";
  /** Headers of the answer beside the usual ones, e.g. `WWW-Authenticate`. */
  readonly headers: Readonly<Record<string, string>>;

  /** The sentence for people in their language, where there is one; else the message is shown. */
  readonly text: ErrorText | undefined;

  constructor(
    code: RegistryErrorCode,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly details?: Readonly<Record<string, unknown>>;
      readonly headers?: Readonly<Record<string, string>>;
      readonly text?: ErrorText;
    } = {},
  ) {
    super(code, message, options);
    this.headers = options.headers ?? {};
    this.text = options.text;
  }
}
