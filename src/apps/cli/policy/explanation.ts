// SPDX-License-Identifier: Apache-2.0
import type { NeededFacts, PolicyProblem, Reason, Verdict } from "#policy";
import type { ExplainedSelection } from "#policy-tools";

/** One check of an entry and what it comes to. */
export interface ExplainedCheck {
  /** The field, e.g. `vulnerability`, `signatures[0]`. */
  readonly field: string;
  /** What is asked, as it is written. */
  readonly asked: unknown;
  /** `open`: nothing was looked at, so nothing is said. */
  readonly state: "holds" | "fails" | "open";
  readonly reasons: readonly Reason[];
}

/** The checks of an entry that applies to the image. */
export interface ExplainedEntryChecks {
  readonly document: string;
  readonly entry: string;
  readonly checks: readonly ExplainedCheck[];
}

/** How an image comes to its verdict. */
export interface Explanation {
  readonly image: string;
  readonly namespace?: string;
  /** Where the policies are from. */
  readonly source: string;
  readonly selection: ExplainedSelection;
  /** Of the winning entry and of mandatory ones. */
  readonly entries: readonly ExplainedEntryChecks[];
  readonly needed: NeededFacts;
  /** Whether the image was read. */
  readonly isChecked: boolean;
  readonly verdict: Verdict;
  readonly problems: readonly PolicyProblem[];
}
