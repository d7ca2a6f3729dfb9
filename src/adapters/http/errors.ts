// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type HttpErrorCode =
  /** No connection to the host (address, name, TLS, proxy), or it broke off. */
  | "HOST_UNREACHABLE"
  /** The host did not answer in time. */
  | "HOST_TIMEOUT"
  /** Content led to a private, loopback, link-local or otherwise special address that `signatures.allowPrivateAddresses` does not name. */
  | "ADDRESS_REFUSED"
  /** Not a URL that is followed: no HTTP, credentials in it, or too many redirects. */
  | "ADDRESS_INVALID"
  /** A redirect or token realm leads from HTTPS to plain HTTP. */
  | "TLS_LEFT"
  /** The answer is larger than the limit for it. */
  | "ANSWER_TOO_LARGE"
  /** The token server refuses (details: `status`). */
  | "TOKEN_REFUSED"
  /** The token server answered without a usable token. */
  | "TOKEN_INVALID"
  /** A credential file is not in docker's format. */
  | "CREDENTIALS_FILE_INVALID"
  /** A CA file, proxy or address rule cannot be used. */
  | "HTTP_OPTIONS_INVALID";

/** Why another host gave no answer. Messages and details hold no credentials. */
export class HttpError extends CodedError<HttpErrorCode> {
  override readonly name: string = "HttpError";
}
