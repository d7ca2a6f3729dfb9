// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type CosignErrorCode =
  /** A key of a requirement is not a PEM public key of a kind that cosign signs with. */
  | "KEY_INVALID"
  /** A trusted root is not one, contradicts itself, or lacks what the requirement needs. */
  | "TRUST_ROOT_INVALID"
  /** A requirement needs a trusted root and got none. */
  | "TRUST_ROOT_MISSING";

/** Trust material that cannot be used; what is wrong with a signature is a value and never an error. */
export class CosignError extends CodedError<CosignErrorCode> {
  override readonly name: string = "CosignError";
}
