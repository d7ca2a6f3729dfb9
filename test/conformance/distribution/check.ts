// SPDX-License-Identifier: Apache-2.0
import type { RegistryUnderTest } from "./registry-under-test.ts";

/** What the specification says about it (RFC 2119). `OWN`: nothing; the registries that are there agree. */
export type ClauseLevel = "MUST" | "SHOULD" | "MAY" | "OWN";

/** One thing that a registry does according to one clause of the distribution specification. */
export interface Check {
  /** Heading of the clause in distribution-spec 1.1. */
  readonly clause: string;
  readonly level: ClauseLevel;
  readonly name: string;
  /**
   * Throws when the registry does otherwise, {@link UnsupportedError} where it may leave it out and does, {@link NotApplicableError} where
   * the clause speaks of something that this registry has not.
   */
  readonly run: (registry: RegistryUnderTest) => Promise<void>;
}

/** `unsupported`: left out, as the specification allows. `not-applicable`: the case that the clause is about does not come up. */
export const CHECK_OUTCOMES = ["pass", "fail", "unsupported", "not-applicable"] as const;

export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

/** The registry leaves out what it may leave out. */
export class UnsupportedError extends Error {
  override readonly name: string = "UnsupportedError";
}

/** Nothing was found out: what the clause speaks of is not there. */
export class NotApplicableError extends Error {
  override readonly name: string = "NotApplicableError";
}

/** The checks of one clause. */
export function clause(
  title: string,
  checks: readonly (readonly [level: ClauseLevel, name: string, run: Check["run"]])[],
): readonly Check[] {
  return checks.map(([level, name, run]) => ({ clause: title, level, name, run }));
}

/** Names a check in results. */
export function checkId(check: Pick<Check, "clause" | "name">): string {
  return `${check.clause}: ${check.name}`;
}
