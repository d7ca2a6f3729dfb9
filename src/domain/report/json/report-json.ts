// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import type { CoverageGap, ObservationFinding, ScanReport, VulnerabilityFinding } from "#findings";
import type { Evidence, Package, PackageOwner, Problem } from "#packages";
import { compareFindings, compareGaps, compareObservations } from "../order.ts";
import { withSortedKeys } from "./sorted-keys.ts";

// Each function names every key in the order in which it is written; JSON.stringify leaves out those that are undefined.

/** One report as it stands in the JSON report. */
export function toReportJson(report: ScanReport): object {
  const { inventory, database } = report;
  return {
    image: toImageJson(report.image),
    findings: report.findings.toSorted(compareFindings).map(toFindingJson),
    otherFindings: report.otherFindings?.toSorted(compareObservations).map(toObservationJson),
    suppressed: report.suppressed?.map(({ finding, suppression }) => ({
      finding: finding.kind === "vulnerability" ? toFindingJson(finding) : toObservationJson(finding),
      suppression: {
        by: suppression.by,
        origin: suppression.origin,
        status: suppression.status,
        justification: suppression.justification,
        until: suppression.until,
      },
    })),
    support: report.support && {
      release: report.support.release,
      until: report.support.until,
      extendedUntil: report.support.extendedUntil,
      source: report.support.source,
    },
    coverageGaps: report.coverageGaps.toSorted(compareGaps).map(toGapJson),
    problems: inventory.problems.toSorted(compareProblems).map(toProblemJson),
    database: {
      digest: database.digest,
      date: database.date,
      advisories: database.advisories,
      isBundled: database.isBundled,
      ecosystems: withSortedKeys(database.ecosystems),
      isNotAsked: database.isNotAsked,
      exploitation: database.exploitation,
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
    base: image.base,
  };
}

function toFindingJson(finding: VulnerabilityFinding): object {
  const { match } = finding;
  return {
    kind: finding.kind,
    state: finding.state,
    id: finding.id,
    aliases: finding.aliases,
    severity: finding.severity,
    severitySource: finding.severitySource,
    cvssVector: finding.cvssVector,
    otherSeverities: finding.otherSeverities?.map(({ source, severity, cvssVector }) => ({
      source,
      severity,
      cvssVector,
    })),
    title: finding.title,
    url: finding.url,
    package: {
      type: finding.package.type,
      name: finding.package.name,
      version: finding.package.version,
      source: toSourceJson(finding.package.source),
    },
    fixedVersions: finding.fixedVersions,
    fixPublished: finding.fixPublished,
    status: finding.status,
    exploitation: toExploitationJson(finding.exploitation),
    isDeclared: finding.isDeclared,
    coveredBy: toOwnerJson(finding.coveredBy),
    advice: finding.advice && { text: finding.advice.text, origin: finding.advice.origin },
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

function toObservationJson(finding: ObservationFinding): object {
  return {
    kind: finding.kind,
    rule: finding.rule,
    severity: finding.severity,
    title: finding.title,
    params: finding.params && withSortedKeys(finding.params),
    line: finding.line,
    excerpt: finding.excerpt,
    evidence: finding.evidence && toEvidenceJson(finding.evidence),
    historyIndex: finding.historyIndex,
    isHidden: finding.isHidden,
  };
}

function toExploitationJson(exploitation: VulnerabilityFinding["exploitation"]): object | undefined {
  const { knownExploited, epss } = exploitation ?? {};
  return (
    exploitation && {
      knownExploited: knownExploited && {
        added: knownExploited.added,
        due: knownExploited.due,
        isInRansomware: knownExploited.isInRansomware,
      },
      epss: epss && { score: epss.score, percentile: epss.percentile, date: epss.date },
    }
  );
}

function toOwnerJson(owner: PackageOwner | undefined): object | undefined {
  return owner && { type: owner.type, name: owner.name, version: owner.version };
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
    isDeclared: each.isDeclared,
    module: each.module,
    vendor: each.vendor,
    sha1: each.sha1,
    owner: toOwnerJson(each.owner),
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
