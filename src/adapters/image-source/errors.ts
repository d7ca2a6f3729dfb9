// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type ImageSourceErrorCode =
  // where the image should be
  /** The location is not one that can be read (`docker://`, `oci:`, `oci-archive:`, `docker-archive:`). */
  | "LOCATION_INVALID"
  /** The file or folder does not exist. */
  | "SOURCE_NOT_FOUND"
  /** The file or folder cannot be read. */
  | "SOURCE_UNREADABLE"
  /** The folder is not an OCI image layout. */
  | "LAYOUT_INVALID"
  /** The file is not an archive of an image, or a broken one. */
  | "ARCHIVE_INVALID"
  /** The archive cannot be written: no room, no such folder, no permission. */
  | "ARCHIVE_UNWRITABLE"
  /** The layout or archive has no image of that name. */
  | "IMAGE_NOT_FOUND"
  /** There are several images and none was named. */
  | "IMAGE_AMBIGUOUS"
  // content that is not what its descriptor says
  /** A blob that the manifest names is not there. */
  | "BLOB_MISSING"
  /** A blob ended before the size that its descriptor says. */
  | "BLOB_TOO_SHORT"
  /** A blob goes on after the size that its descriptor says. */
  | "BLOB_TOO_LONG"
  /** A blob does not have the digest that its descriptor says. */
  | "BLOB_DIGEST_MISMATCH"
  /** A manifest or archive is larger than the limits allow. */
  | "LIMIT_EXCEEDED"
  // registries
  /** No connection to the registry (address, name, TLS, proxy). */
  | "REGISTRY_UNREACHABLE"
  /** The registry did not answer in time. */
  | "REGISTRY_TIMEOUT"
  /** The registry answered with a failure of its own. */
  | "REGISTRY_FAILED"
  /** The registry's answer is not what the distribution specification says. */
  | "REGISTRY_ANSWER_INVALID"
  /** Plain HTTP to another machine needs `--plain-http`. */
  | "PLAIN_HTTP_REFUSED"
  /** A redirect or token realm of the registry leads to a private or special address that no setting allows. */
  | "ADDRESS_REFUSED"
  /** The registry wants credentials, or other ones. */
  | "UNAUTHORIZED"
  /** The registry refuses the image, such as by its own policy. */
  | "DENIED"
  /** The registry asks to come back later. */
  | "RATE_LIMITED"
  /** The registry has no image of that name, tag or digest. */
  | "MANIFEST_UNKNOWN"
  /** The registry has no such repository to push to. */
  | "REPOSITORY_UNKNOWN"
  /** Nothing can be pushed to a layout or an archive. */
  | "PUSH_NOT_SUPPORTED"
  /** A credential file or variable cannot be used; or stored credentials are missing, or for another registry. */
  | "CREDENTIALS_INVALID";

/** Why an image or a part of it cannot be read. Messages and details hold no credentials. */
export class ImageSourceError extends CodedError<ImageSourceErrorCode> {
  override readonly name: string = "ImageSourceError";
}
