// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type TlsErrorCode =
  /** A name for a certificate is neither a host name nor an IP address. */
  "TLS_NAME_INVALID";

/** A certificate that cannot be made. */
export class TlsError extends CodedError<TlsErrorCode> {
  override readonly name: string = "TlsError";
}
