// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type SuppressionErrorCode =
  /** A VEX document cannot be used: what it says must not be ignored in silence. */
  | "VEX_INVALID"
  /** An ignore file cannot be used; every problem is listed with its line. */
  | "IGNORE_FILE_INVALID"
  /** A document is larger than the limits allow. */
  | "LIMIT_EXCEEDED";

/** A document of statements that cannot be used; the message names the file. */
export class SuppressionError extends CodedError<SuppressionErrorCode> {
  override readonly name: string = "SuppressionError";
}
