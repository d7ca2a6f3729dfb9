// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import type { CoverageGap, Finding, ScanReport } from "#findings";
import type { Evidence, Package, Problem } from "#packages";
import { compareFindings, compareGaps } from "../order.ts";
import { withSortedKeys } from "./sorted-keys.ts";

// Each function names every key in the order in which it is written; JSON.stringify leaves out those that are undefined.

/** One report as it stands in the JSON report. */
export function toReportJson(report: ScanReport): object {
  const { inventory, database } = report;
  return {
    image: toImageJson(report.image),
    findings: report.findings.toSorted(compareFindings).map(toFindingJson),
    coverageGaps: report.coverageGaps.toSorted(compareGaps).map(toGapJson),
    problems: inventory.problems.toSorted(compareProblems).map(toProblemJson),
    database: {
      digest: database.digest,
      date: database.date,
      advisories: database.advisories,
      isBundled: database.isBundled,
      ecosystems: withSortedKeys(database.ecosystems),
    },
    inventory: {
      status: inventory.status,
      distribution: inventory.distribution && {
        id: inventory.distribution.id,
        versionId: inventory.distribution.versionId,
        prettyName: inventory.distribution.prettyName,
      },
      analyzers: withSortedKeys(inventory.analyzers),
      packages: inventory.packages.toSorted(comparePackages).map(toPackageJson),
    },
  };
}

function toImageJson(image: ScanReport["image"]): object {
  const { platform } = image;
  return {
    digest: image.digest,
    mediaType: image.mediaType,
    platform: {
      os: platform.os,
      architecture: platform.architecture,
      variant: platform.variant,
      osVersion: platform.osVersion,
    },
    created: image.created,
    sizeBytes: image.sizeBytes,
    layers: image.layers.map((layer) => ({
      digest: layer.digest,
      diffId: layer.diffId,
      sizeBytes: layer.sizeBytes,
      createdBy: layer.createdBy,
    })),
  };
}

function toFindingJson(finding: Finding): object {
  const { match } = finding;
  return {
    kind: finding.kind,
    state: finding.state,
    id: finding.id,
    aliases: finding.aliases,
    severity: finding.severity,
    severitySource: finding.severitySource,
    cvssVector: finding.cvssVector,
    title: finding.title,
    url: finding.url,
    package: {
      type: finding.package.type,
      name: finding.package.name,
      version: finding.package.version,
      source: toSourceJson(finding.package.source),
    },
    fixedVersions: finding.fixedVersions,
    evidence: toEvidenceJson(finding.evidence),
    match: {
      advisoryId: match.advisoryId,
      ecosystem: match.ecosystem,
      packageName: match.packageName,
      version: match.version,
      range: match.range,
    },
  };
}

function toGapJson(gap: CoverageGap): object {
  switch (gap.code) {
    case "DISTRIBUTION_UNKNOWN":
      return { code: gap.code };
    case "DISTRIBUTION_UNSUPPORTED":
      return { code: gap.code, distribution: gap.distribution, packageType: gap.packageType };
    case "ADVISORIES_MISSING":
      return { code: gap.code, ecosystem: gap.ecosystem };
    case "PACKAGES_MISSING":
      return { code: gap.code, distribution: gap.distribution };
  }
}

function toProblemJson(problem: Problem): object {
  return { code: problem.code, message: problem.message, path: problem.path, layer: problem.layer };
}

function toPackageJson(each: Package): object {
  return {
    type: each.type,
    name: each.name,
    version: each.version,
    architecture: each.architecture,
    source: toSourceJson(each.source),
    licenses: each.licenses,
    evidence: toEvidenceJson(each.evidence),
  };
}

function toSourceJson(source: Package["source"]): object | undefined {
  return source && { name: source.name, version: source.version };
}

function toEvidenceJson(evidence: Evidence): object {
  return {
    layer: evidence.layer,
    layerIndex: evidence.layerIndex,
    path: evidence.path,
    analyzer: evidence.analyzer,
  };
}

function compareProblems(a: Problem, b: Problem): number {
  return (
    compareText(a.code, b.code) ||
    compareText(a.path ?? "", b.path ?? "") ||
    compareText(a.layer ?? "", b.layer ?? "") ||
    compareText(a.message, b.message)
  );
}

function comparePackages(a: Package, b: Package): number {
  return (
    compareText(a.type, b.type) ||
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.evidence.path, b.evidence.path) ||
    compareText(a.architecture ?? "", b.architecture ?? "")
  );
}
