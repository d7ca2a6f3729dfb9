// SPDX-License-Identifier: Apache-2.0
import type { CoverageGap, ObservationFinding, ScanReport } from "#findings";
import type { ScanSummary } from "../schemas/image-detail.ts";
import { toAdvisoryDatabaseBody } from "./advisory-database-body.ts";

/** A scan report without its long lists, which have pages of their own. */
export function toScanSummary(report: ScanReport): ScanSummary {
  const { image, inventory } = report;
  const packagesByLayer = new Map<number, number>();
  for (const { evidence } of inventory.packages) {
    packagesByLayer.set(evidence.layerIndex, (packagesByLayer.get(evidence.layerIndex) ?? 0) + 1);
  }
  return {
    status: inventory.status,
    ...(inventory.distribution === undefined ? {} : { distribution: nameDistribution(inventory.distribution) }),
    ...(image.created === undefined ? {} : { created: image.created }),
    sizeBytes: image.sizeBytes,
    packages: inventory.packages.length,
    findings: report.findings.length,
    secrets: countOf(report, "secret"),
    configuration: countOf(report, "configuration"),
    licenses: countOf(report, "license"),
    malware: countOf(report, "malware"),
    suppressed: report.suppressed?.length ?? 0,
    knownExploited: report.findings.filter(({ exploitation }) => exploitation?.knownExploited !== undefined).length,
    ...(report.support === undefined ? {} : { support: report.support }),
    layers: image.layers.map((layer, index) => ({
      digest: layer.digest,
      sizeBytes: layer.sizeBytes,
      ...(layer.createdBy === undefined ? {} : { createdBy: layer.createdBy }),
      packages: packagesByLayer.get(index) ?? 0,
    })),
    problems: inventory.problems.map(({ code, message, path }) => ({
      code,
      message,
      ...(path === undefined ? {} : { path }),
    })),
    coverageGaps: report.coverageGaps.map(toCoverageGap),
    database: toAdvisoryDatabaseBody(report.database),
  };
}

function countOf({ otherFindings = [] }: ScanReport, kind: ObservationFinding["kind"]): number {
  return otherFindings.filter((finding) => finding.kind === kind).length;
}

function nameDistribution(distribution: NonNullable<ScanReport["inventory"]["distribution"]>): string {
  return distribution.prettyName ?? [distribution.id, distribution.versionId].filter(Boolean).join(" ");
}

function toCoverageGap(gap: CoverageGap): { readonly code: string; readonly subject?: string } {
  switch (gap.code) {
    case "DISTRIBUTION_UNSUPPORTED":
    case "PACKAGES_MISSING":
      return { code: gap.code, subject: gap.distribution };
    case "ADVISORIES_MISSING":
      return { code: gap.code, subject: gap.ecosystem };
    case "DISTRIBUTION_UNKNOWN":
      return { code: gap.code };
  }
}
