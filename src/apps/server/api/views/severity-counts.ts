// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#advisories";
import type { VulnerabilityFinding } from "#findings";
import type { SeverityCount } from "../schemas/image-list.ts";

const WORST_FIRST: readonly Severity[] = ["critical", "high", "medium", "low", "negligible", "unknown"];

/**
 * Findings by severity, worst first, without severities that do not occur. The same vulnerability of the same package
 * version in several platforms (or several files) counts once: people fix it once.
 */
export function countSeverities(findings: Iterable<VulnerabilityFinding>): readonly SeverityCount[] {
  const seen = new Set<string>();
  const counts = new Map<Severity, { total: number; fixable: number }>();
  for (const finding of findings) {
    const key = `${finding.id}\n${finding.package.type}\n${finding.package.name}\n${finding.package.version}`;
    if (seen.has(key)) {
      continue;
    }
    seen.add(key);
    const count = counts.get(finding.severity) ?? { total: 0, fixable: 0 };
    count.total += 1;
    count.fixable += finding.fixedVersions.length > 0 ? 1 : 0;
    counts.set(finding.severity, count);
  }
  return WORST_FIRST.flatMap((severity) => {
    const count = counts.get(severity);
    return count === undefined ? [] : [{ severity, ...count }];
  });
}
