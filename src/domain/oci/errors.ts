// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type OciErrorCode =
  /** Not an image reference. */
  | "REFERENCE_INVALID"
  /** Not a manifest or index as the specification says. */
  | "MANIFEST_INVALID"
  /** A manifest of a type that is not read, such as Docker schema 1. */
  | "MANIFEST_UNSUPPORTED"
  /** Not an image configuration as the specification says. */
  | "CONFIG_INVALID"
  /** Not a tar archive, or a broken one. */
  | "TAR_INVALID"
  /** Larger, deeper or more than the limits allow. */
  | "LIMIT_EXCEEDED";

/** Bytes or text that are not what OCI (or tar) says they should be. */
export class OciError extends CodedError<OciErrorCode> {
  override readonly name: string = "OciError";
}
