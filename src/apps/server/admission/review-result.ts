// SPDX-License-Identifier: Apache-2.0
import type { AdmissionAnswer, WorkloadKind } from "#kubernetes";
import type { WorkloadVerdict } from "#policy";
import type { ReviewOutcome } from "./admission-metrics.ts";
import type { JudgedImage } from "./judged-image.ts";

/** The answer, what it is counted as, and what was decided. */
export interface Review {
  readonly answer: AdmissionAnswer;
  readonly outcome: ReviewOutcome;
  /** Images whose verdicts decided; what is only warned about decides nothing. */
  readonly decided: readonly JudgedImage[];
  /** Whether a denial refuses: of a Pod, or of any workload where those are enforced. */
  readonly isEnforced: boolean;
  readonly policyGeneration?: string;
  readonly workload?: WorkloadKind;
  /** By `spec.workload` of policies. */
  readonly clauses?: WorkloadVerdict;
  /** Whether all images of the object were judged, none being left out as unchanged. */
  readonly isWhole?: boolean;
}
