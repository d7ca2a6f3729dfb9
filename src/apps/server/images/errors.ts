// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type RemoteImageErrorCode =
  /** The registry says that it has no such image; a private one may look so. */
  | "IMAGE_NOT_FOUND"
  /** The registry refuses every one of the credentials, or wants some. */
  | "REGISTRY_REFUSED"
  /** The registry could not be asked, or gave no usable answer (details: `problem`). */
  | "REGISTRY_UNAVAILABLE"
  /** What the registry gave is not what its digest or descriptor says, could be read as two things, or is too large. */
  | "IMAGE_INVALID";

/** Why an image of another registry is not known. Messages and details hold no credentials. */
export class RemoteImageError extends CodedError<RemoteImageErrorCode> {
  override readonly name: string = "RemoteImageError";
}
