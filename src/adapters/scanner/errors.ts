// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type ScanErrorCode =
  /** The manifest is an artifact, not a container image. */
  | "NOT_AN_IMAGE"
  /** The index has no image for the platform that was asked for, or none that can run. */
  | "PLATFORM_NOT_FOUND"
  /** Indexes within indexes, deeper than the limit. */
  | "INDEX_TOO_DEEP";

/** Why there is nothing to scan. What goes wrong within an image is a problem of its inventory instead. */
export class ScanError extends CodedError<ScanErrorCode> {
  override readonly name: string = "ScanError";
}
