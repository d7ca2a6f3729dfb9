// SPDX-License-Identifier: Apache-2.0
import { compareSeverity } from "#advisories";
import { inCodeUnits } from "./code-unit-order.ts";
import type { Finding, ObservationFinding, SuppressedFinding, VulnerabilityFinding } from "./finding.ts";

/** Worst first, then by id, package name, version and path; the same for equal input in any order. */
export function inReportOrder(a: VulnerabilityFinding, b: VulnerabilityFinding): number {
  return (
    compareSeverity(a.severity, b.severity) ||
    inCodeUnits(a.id, b.id) ||
    inCodeUnits(a.package.name, b.package.name) ||
    inCodeUnits(a.package.version, b.package.version) ||
    inCodeUnits(a.evidence.path, b.evidence.path) ||
    inCodeUnits(JSON.stringify(a), JSON.stringify(b))
  );
}

/** Worst first, then by kind, rule, path and line. */
export function inObservationOrder(a: ObservationFinding, b: ObservationFinding): number {
  return (
    compareSeverity(a.severity, b.severity) ||
    inCodeUnits(a.kind, b.kind) ||
    inCodeUnits(a.rule, b.rule) ||
    inCodeUnits(a.evidence?.path ?? "", b.evidence?.path ?? "") ||
    (a.line ?? 0) - (b.line ?? 0) ||
    inCodeUnits(JSON.stringify(a), JSON.stringify(b))
  );
}

/** Vulnerabilities first, each kind in its own order, then by who suppresses. */
export function inSuppressedOrder(a: SuppressedFinding, b: SuppressedFinding): number {
  return byFinding(a.finding, b.finding) || inCodeUnits(JSON.stringify(a.suppression), JSON.stringify(b.suppression));
}

function byFinding(a: Finding, b: Finding): number {
  if (a.kind === "vulnerability") {
    return b.kind === "vulnerability" ? inReportOrder(a, b) : -1;
  }
  return b.kind === "vulnerability" ? 1 : inObservationOrder(a, b);
}
