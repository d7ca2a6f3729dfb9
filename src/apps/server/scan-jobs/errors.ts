// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type ScanJobErrorCode =
  /** The scan process ended without an answer; the job is tried again. */
  | "SCAN_PROCESS_ENDED"
  /** It took longer than `scan.timeout` and was ended; the job is tried again. */
  | "SCAN_TIMEOUT"
  /** It needed more memory than `scan.memory` allows; the same bytes would again, so the job ends. */
  | "SCAN_MEMORY";

/** A scan that did not come to a result. */
export class ScanJobError extends CodedError<ScanJobErrorCode> {
  override readonly name: string = "ScanJobError";
}
