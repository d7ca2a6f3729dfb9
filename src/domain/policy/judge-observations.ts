// SPDX-License-Identifier: Apache-2.0
import type { ObservationFinding, ScanReport } from "#findings";
import type { ImageChecks } from "./policy-document.ts";
import type { Reason, ReasonCode } from "./verdict.ts";

type Configuration = NonNullable<ImageChecks["configuration"]>;

/** A check of what analyzers observe beside packages. */
interface ObservationCheck {
  readonly field: "secrets" | "setuid" | "malware";
  readonly code: ReasonCode;
  /** Name of the analyzer that must have looked, as the inventory lists it. */
  readonly analyzer: string;
  isAbout(finding: ObservationFinding): boolean;
}

/** Rule of programs with the setuid bit. */
const SETUID_RULE = "HC005";

const CHECKS: readonly ObservationCheck[] = [
  { field: "secrets", code: "SECRET_FOUND", analyzer: "secret", isAbout: ({ kind }) => kind === "secret" },
  { field: "setuid", code: "SETUID_FILE", analyzer: "file-mode", isAbout: ({ rule }) => rule === SETUID_RULE },
  { field: "malware", code: "MALWARE_FOUND", analyzer: "malware", isAbout: ({ kind }) => kind === "malware" },
];

/** Whether the checks ask for anything that is observed beside packages. */
export function needsObservations(configuration: Configuration | undefined): boolean {
  return CHECKS.some(({ field }) => configuration?.[field] !== undefined);
}

/**
 * What was observed and the policy does not want. A scan that did not look for it is not a scan that found nothing: a report of an
 * older version, one without that scanner, or a bill of materials.
 */
export function judgeObservations(report: ScanReport, configuration: Configuration = {}): readonly Reason[] {
  return CHECKS.flatMap(({ field, code, analyzer, isAbout }): readonly Reason[] => {
    const effect = configuration[field];
    if (effect === undefined) {
      return [];
    }
    const found = (report.otherFindings ?? []).filter(isAbout).map((finding): Reason => {
      const { rule, evidence, line } = finding;
      const params = { rule, path: evidence?.path ?? "", ...(line === undefined ? {} : { line }) };
      return { code, effect, params };
    });
    const hasLooked = Object.hasOwn(report.inventory.analyzers, analyzer);
    const missing: Reason = {
      code: "NOT_LOOKED_FOR",
      effect: effect === "deny" ? "undecided" : "warn",
      params: { check: field },
    };
    return hasLooked ? found : [...found, missing];
  });
}
