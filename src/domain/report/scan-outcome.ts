// SPDX-License-Identifier: Apache-2.0
import type { ScanReport } from "#findings";
import type { Verdict } from "#policy";

/** What a scan ends with: one report per platform (one unless an index was scanned), and the verdict on all of it. */
export interface ScanOutcome {
  /** The image as the user wrote it, without credentials. */
  readonly reference: string;
  readonly reports: readonly ScanReport[];
  /** Absent where nothing is judged that a policy speaks of: a Dockerfile is no image. */
  readonly verdict?: Verdict;
}
