// SPDX-License-Identifier: Apache-2.0
import type { VerificationOutcome } from "#report";

/** An outcome, and the policy's reasons as sentences. */
export interface VerifiedImage {
  readonly outcome: VerificationOutcome;
  readonly reasonLines: readonly string[];
}
