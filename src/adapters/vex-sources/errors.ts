// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type VexSourceErrorCode =
  /** A folder or hub of VEX documents cannot be read, or its index is not valid. */
  | "VEX_SOURCE_UNREADABLE"
  /** A folder or hub has more documents, or larger ones, than the limits allow. */
  | "LIMIT_EXCEEDED";

/** VEX documents that cannot be had. Findings must then stay, and the caller must say why. */
export class VexSourceError extends CodedError<VexSourceErrorCode> {
  override readonly name: string = "VexSourceError";
}
