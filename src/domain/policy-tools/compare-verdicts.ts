// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from "#policy";

/** What other policies would do to an image that is judged by today's. */
export type VerdictChange =
  /** Refused, and is not today. */
  | "newly-denied"
  /** Passes, and does not today. */
  | "newly-allowed"
  /** Nobody could tell any more. */
  | "newly-undecided"
  /** The same outcome for other reasons, or under another entry. */
  | "other-reasons"
  | "same";

/**
 * How the second verdict differs from the first, as a gate would act: what is only warned about passes. `other-reasons`
 * compares the codes of the reasons and the entry that decided.
 */
export function compareVerdicts(before: Verdict, after: Verdict): VerdictChange {
  const [was, is] = [effectOf(before), effectOf(after)];
  if (was !== is) {
    return is === "deny" ? "newly-denied" : is === "allow" ? "newly-allowed" : "newly-undecided";
  }
  return summaryOf(before) === summaryOf(after) ? "same" : "other-reasons";
}

function effectOf({ outcome, mode }: Verdict): Verdict["outcome"] {
  return mode === "enforce" ? outcome : "allow";
}

function summaryOf({ reasons, policy }: Verdict): string {
  const codes = reasons.map(
    ({ code, effect, params }) => `${effect} ${code} ${String(params["id"] ?? params["field"] ?? "")}`,
  );
  return JSON.stringify([policy, [...new Set(codes)].toSorted()]);
}
