// SPDX-License-Identifier: Apache-2.0

import { compareSeverity } from "#advisories";
import { compareText } from "#base";
import type { CoverageGap, ObservationFinding, ScanReport, VulnerabilityFinding } from "#findings";
import { platformText } from "./platform-text.ts";

/** Worst first; then id, package, version, path: the order of findings in every report, whatever order they come in. */
export function compareFindings(a: VulnerabilityFinding, b: VulnerabilityFinding): number {
  return (
    compareSeverity(a.severity, b.severity) ||
    compareText(a.id, b.id) ||
    compareText(a.package.name, b.package.name) ||
    compareText(a.package.version, b.package.version) ||
    compareText(a.evidence.path, b.evidence.path) ||
    compareText(a.state, b.state) ||
    compareText(a.match.advisoryId, b.match.advisoryId)
  );
}

/** Worst first; then kind, rule, path, line. */
export function compareObservations(a: ObservationFinding, b: ObservationFinding): number {
  return (
    compareSeverity(a.severity, b.severity) ||
    compareText(a.kind, b.kind) ||
    compareText(a.rule, b.rule) ||
    compareText(a.evidence?.path ?? "", b.evidence?.path ?? "") ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.historyIndex ?? -1) - (b.historyIndex ?? -1)
  );
}

/** By code, then by what the gap is about. */
export function compareGaps(a: CoverageGap, b: CoverageGap): number {
  return compareText(a.code, b.code) || compareText(subjectOf(a), subjectOf(b));
}

function subjectOf(gap: CoverageGap): string {
  switch (gap.code) {
    case "DISTRIBUTION_UNKNOWN":
      return "";
    case "DISTRIBUTION_UNSUPPORTED":
      return `${gap.distribution} ${gap.packageType ?? ""}`;
    case "ADVISORIES_MISSING":
      return gap.ecosystem;
    case "PACKAGES_MISSING":
      return gap.distribution;
  }
}

/** By platform, then digest. */
export function compareReports(a: ScanReport, b: ScanReport): number {
  return (
    compareText(platformText(a.image.platform), platformText(b.image.platform)) ||
    compareText(a.image.digest, b.image.digest)
  );
}
