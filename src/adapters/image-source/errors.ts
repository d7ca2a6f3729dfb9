// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type ImageSourceErrorCode =
  // where the image should be
  | "LOCATION_INVALID"
  | "SOURCE_NOT_FOUND"
  | "SOURCE_UNREADABLE"
  | "LAYOUT_INVALID"
  | "ARCHIVE_INVALID"
  | "IMAGE_NOT_FOUND"
  | "IMAGE_AMBIGUOUS"
  // content that is not what its descriptor says
  | "BLOB_MISSING"
  | "BLOB_TOO_SHORT"
  | "BLOB_TOO_LONG"
  | "BLOB_DIGEST_MISMATCH"
  | "LIMIT_EXCEEDED"
  // registries
  | "REGISTRY_UNREACHABLE"
  | "REGISTRY_TIMEOUT"
  | "REGISTRY_FAILED"
  | "REGISTRY_ANSWER_INVALID"
  | "PLAIN_HTTP_REFUSED"
  | "UNAUTHORIZED"
  | "DENIED"
  | "RATE_LIMITED"
  | "MANIFEST_UNKNOWN"
  | "CREDENTIALS_INVALID";

/** Why an image or a part of it cannot be read. Messages and details hold no credentials. */
export class ImageSourceError extends CodedError<ImageSourceErrorCode> {
  override readonly name: string = "ImageSourceError";
}
