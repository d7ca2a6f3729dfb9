// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#advisories";
import type { Finding, ScanReport, Suppression } from "#findings";
import { compareFindings, compareObservations } from "./order.ts";

/** One finding as formats list it. */
export interface ListedFinding {
  readonly finding: Finding;
  /** Id of the vulnerability or of the rule. */
  readonly id: string;
  readonly severity: Severity;
  /** Whom the finding is about: a package with its version, or nothing. */
  readonly packageText?: string;
  /** Absent: it counts. */
  readonly suppression?: Suppression;
}

/** Every finding of a report in the order of all formats: vulnerabilities, the others, then what is suppressed. */
export function listFindings(report: ScanReport): readonly ListedFinding[] {
  return [
    ...report.findings.toSorted(compareFindings).map((finding) => toListed(finding)),
    ...(report.otherFindings ?? []).toSorted(compareObservations).map((finding) => toListed(finding)),
    ...(report.suppressed ?? []).map(({ finding, suppression }) => toListed(finding, suppression)),
  ];
}

function toListed(finding: Finding, suppression?: Suppression): ListedFinding {
  return {
    finding,
    id: finding.kind === "vulnerability" ? finding.id : finding.rule,
    severity: finding.severity,
    ...(finding.kind === "vulnerability" ? { packageText: `${finding.package.name} ${finding.package.version}` } : {}),
    ...(suppression === undefined ? {} : { suppression }),
  };
}
