// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type OidcErrorCode =
  /** The provider does not answer, or not as one. */
  | "OIDC_PROVIDER_UNUSABLE"
  /** The file with the client secret cannot be read. */
  | "OIDC_SECRET_UNREADABLE"
  /** The provider refused, or its answer is not one to this login. */
  | "OIDC_LOGIN_REFUSED";

/** A login by a provider that did not work. */
export class OidcError extends CodedError<OidcErrorCode> {
  override readonly name: string = "OidcError";
}
