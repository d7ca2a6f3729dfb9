// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type OciErrorCode =
  | "REFERENCE_INVALID"
  | "MANIFEST_INVALID"
  | "MANIFEST_UNSUPPORTED"
  | "CONFIG_INVALID"
  | "TAR_INVALID"
  | "LIMIT_EXCEEDED";

/** Bytes or text that are not what OCI (or tar) says they should be. */
export class OciError extends CodedError<OciErrorCode> {
  override readonly name: string = "OciError";
}
