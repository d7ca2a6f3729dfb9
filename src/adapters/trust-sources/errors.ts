// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type TrustSourceErrorCode =
  /** No trust root of that name is configured. */
  | "TRUST_ROOT_UNKNOWN"
  /** A trust root is not a file, folder or URL that can be used, or cannot be read. */
  | "TRUST_ROOT_UNREADABLE"
  /** The TUF repository of a trust root gives no answer, and nothing that is kept of it is still valid. */
  | "TRUST_ROOT_UNREACHABLE"
  /** The TUF repository of a trust root does not verify, or its metadata has ended. */
  | "TRUST_ROOT_REFUSED"
  /** The folder for what was seen of trust services cannot be read or written. */
  | "TRUST_STATE_UNAVAILABLE"
  /** A revocation list or OCSP responder gives no answer. */
  | "REVOCATION_UNAVAILABLE";

/** Why trust material is not there. Details hold no credentials. */
export class TrustSourceError extends CodedError<TrustSourceErrorCode> {
  override readonly name: string = "TrustSourceError";
}
