// SPDX-License-Identifier: Apache-2.0
import type { IndexRule } from "./judge-entry.ts";
import type { ReasonCode, Verdict } from "./verdict.ts";

/** What `scan.unsupported` of a policy speaks of. */
const UNSUPPORTED: ReadonlySet<ReasonCode> = new Set([
  "ARTIFACT_UNSUPPORTED",
  "DISTRIBUTION_UNKNOWN",
  "DISTRIBUTION_UNSUPPORTED",
  "ADVISORIES_MISSING",
  "PACKAGES_MISSING",
]);

/**
 * Whether the verdict is undecided because the scanner cannot judge the image, and the policy does not say what that
 * means (ADR 0008). Waiting settles nothing then, so gates refuse it whatever they do with what is not known yet: else an
 * empty os-release would be the way around the scanner. `indexRule` is that of the evaluation: where one child of an index
 * is enough, one that may still be allowed keeps it open.
 */
export function isBeyondScanner(
  { outcome, reasons }: Pick<Verdict, "outcome" | "reasons">,
  indexRule: IndexRule = "every-child",
): boolean {
  if (outcome !== "undecided") {
    return false;
  }
  const undecided = reasons.filter(({ effect }) => effect === "undecided");
  const unsupported = undecided.filter(({ code }) => UNSUPPORTED.has(code));
  if (indexRule === "every-child" || unsupported.some(({ platform }) => platform === undefined)) {
    return unsupported.length > 0;
  }
  const children = new Set(undecided.flatMap(({ platform }) => platform ?? []));
  return children.size > 0 && [...children].every((child) => unsupported.some(({ platform }) => platform === child));
}
