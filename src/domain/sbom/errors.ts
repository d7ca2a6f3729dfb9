// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type SbomErrorCode =
  /** Neither CycloneDX nor SPDX in a form and version that is read. */
  | "SBOM_UNSUPPORTED"
  /** It says that it is one of them, and is not well formed. */
  | "SBOM_INVALID"
  /** Larger than `maxSbomBytes`. */
  | "SBOM_TOO_LARGE";

/** A bill of materials that cannot be read at all; what is wrong with single entries is a problem of the inventory. */
export class SbomError extends CodedError<SbomErrorCode> {
  override readonly name: string = "SbomError";
}
