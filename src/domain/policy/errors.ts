// SPDX-License-Identifier: Apache-2.0
import { CodedError } from "#base";

export type PolicyErrorCode =
  /** A policy document cannot be used; `problems` lists everything that is wrong, with its place. */
  "POLICY_INVALID";

/** One thing that is wrong with a policy text. */
export interface PolicyProblem {
  /** The file or object that the text came from. */
  readonly origin: string;
  /** Which document of the text, counted from 1. */
  readonly document: number;
  /** Counted from 1; absent when the place is not known. */
  readonly line?: number;
  /** e.g. `spec.repositories[0].policy.scan.maxAge`; empty for the whole document. */
  readonly path: string;
  /** For people (English, no full stop). */
  readonly message: string;
}

/** Policy documents that cannot be used; `details.problems` lists every {@link PolicyProblem} at once. */
export class PolicyError extends CodedError<PolicyErrorCode> {
  override readonly name: string = "PolicyError";
  readonly problems: readonly PolicyProblem[];

  constructor(problems: readonly PolicyProblem[]) {
    super("POLICY_INVALID", `policy documents are not valid:\n${problems.map(renderProblem).join("\n")}`, {
      details: { problems },
    });
    this.problems = problems;
  }
}

function renderProblem(problem: PolicyProblem): string {
  const line = problem.line === undefined ? "" : `:${problem.line}`;
  const path = problem.path === "" ? "" : ` ${problem.path}:`;
  return `  ${problem.origin}${line} (document ${problem.document}):${path} ${problem.message}`;
}
