// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type TlsErrorCode =
  /** A name for a certificate is neither a host name nor an IP address. */
  | "TLS_NAME_INVALID"
  /** Files with a certificate, its key or its authority cannot be read, do not fit together, or are past their time. */
  | "TLS_FILES_INVALID";

/** A certificate that cannot be made or used. */
export class TlsError extends CodedError<TlsErrorCode> {
  override readonly name: string = "TlsError";
}
