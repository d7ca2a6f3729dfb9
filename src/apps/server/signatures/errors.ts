// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type StoredContentErrorCode =
  /** A manifest is known whose bytes are gone or damaged; or a blob is not in the repository. */
  | "BLOB_MISSING"
  /** A blob ended before the size that its descriptor says. */
  | "BLOB_TOO_SHORT"
  /** A blob goes on after the size that its descriptor says. */
  | "BLOB_TOO_LONG"
  /** More is attached to one image, or a larger file, than is looked at. */
  | "LIMIT_EXCEEDED"
  /** The name is neither a tag nor a digest. */
  | "REFERENCE_INVALID"
  /** The list of what is attached to an image cannot be read. */
  | "MANIFEST_INVALID";

/** What is attached to an image of our registry cannot be read: it cannot be told whether the image is signed. */
export class StoredContentError extends CodedError<StoredContentErrorCode> {
  override readonly name: string = "StoredContentError";
}
