// SPDX-License-Identifier: Apache-2.0
import type { Reason, ReasonCode, Verdict } from "#policy";

/**
 * `admit` may change the object; `validate` sees what came of it and changes nothing. Container Image Security
 * Enforcement had two webhooks in the place of `admit`, each of which denied only what was its own.
 */
export type Webhook = "admit" | "validate" | "admit/trust" | "admit/va";

/** By path. */
export const WEBHOOKS: ReadonlyMap<string, Webhook> = new Map([
  ["/admit", "admit"],
  ["/validate", "validate"],
  ["/admit/trust", "admit/trust"],
  ["/admit/va", "admit/va"],
]);

/** What the scan has to say; everything else is the business of `admit/trust`, which is asked first. */
const SCAN_CODES: ReadonlySet<ReasonCode> = new Set([
  "VULNERABILITY",
  "VULNERABILITY_UNDECIDED",
  "SEVERITY_UNKNOWN",
  "SCAN_MISSING",
  "SCAN_PENDING",
  "SCAN_FAILED",
  "SCAN_PARTIAL",
  "SCAN_TOO_OLD",
  "DISTRIBUTION_UNKNOWN",
  "DISTRIBUTION_UNSUPPORTED",
  "ADVISORIES_MISSING",
  "PACKAGES_MISSING",
  "ARTIFACT_UNSUPPORTED",
]);

/** They stand for others, whichever these are. */
const SUMMARIES: ReadonlySet<ReasonCode> = new Set(["NO_PLATFORM_ALLOWED", "MORE_REASONS"]);

/**
 * The part of a verdict that a webhook acts on. Nothing is lost between the two older ones: a verdict whose reasons are
 * all summaries belongs to the first, and `validate` acts on the whole.
 */
export function partOf(verdict: Verdict, webhook: Webhook): Verdict {
  if (verdict.outcome === "allow" || webhook === "admit" || webhook === "validate") {
    return verdict;
  }
  const decisive = verdict.reasons.filter(({ effect, code }) => isDecisive(effect) && !SUMMARIES.has(code));
  const own = decisive.filter(({ code }) => (webhook === "admit/va") === SCAN_CODES.has(code));
  if (decisive.length === 0) {
    return webhook === "admit/trust" ? verdict : passed(verdict);
  }
  if (own.length === 0) {
    return passed(verdict);
  }
  const isOwn = new Set<Reason>(own);
  return {
    ...verdict,
    outcome: own.some(({ effect }) => effect === "deny") ? "deny" : "undecided",
    reasons: verdict.reasons.filter(
      (reason) => !isDecisive(reason.effect) || isOwn.has(reason) || SUMMARIES.has(reason.code),
    ),
  };
}

function isDecisive(effect: Reason["effect"]): boolean {
  return effect === "deny" || effect === "undecided";
}

function passed(verdict: Verdict): Verdict {
  return { ...verdict, outcome: "allow", reasons: [] };
}
