// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type SigningErrorCode =
  /** Not a private key that can sign: another format, or an algorithm that cosign does not know. */
  | "KEY_INVALID"
  /** The key is encrypted, and the password is missing or wrong. */
  | "KEY_PASSWORD_WRONG"
  /** There is no identity token, or it is not one. */
  | "IDENTITY_TOKEN_INVALID"
  /** A combination of services that is not supported. */
  | "SIGNING_UNSUPPORTED"
  /** Certificate authority, transparency log or timestamp authority did not answer as they should. */
  | "SIGNING_SERVICE_FAILED";

/** Why nothing was signed. Messages contain neither keys, passwords nor tokens. */
export class SigningError extends CodedError<SigningErrorCode> {
  override readonly name: string = "SigningError";
}
