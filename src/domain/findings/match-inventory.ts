// SPDX-License-Identifier: Apache-2.0
import { type AdvisorySource, compareSeverity, ecosystemOf, versionSchemeOf } from "#advisories";
import type { Distribution, Inventory, Package, PackageType } from "#packages";
import type { VersionScheme } from "#versions";
import { inCodeUnits } from "./code-unit-order.ts";
import type { CoverageGap, VulnerabilityFinding } from "./finding.ts";
import { judgePackage, type Searched, type Vulnerability } from "./judge-package.ts";

const DISTRIBUTION_SCHEMES: Readonly<Record<Exclude<PackageType, "npm">, VersionScheme>> = { deb: "dpkg", apk: "apk" };

/**
 * The vulnerabilities of an image's packages, sorted by severity (worst first), id, package name, version and path, and
 * what the advisories could not be asked about, sorted. Operating system packages are looked up by **source** package in
 * the ecosystem of the distribution, npm packages by name. Does not depend on the order of the inventory.
 */
export function matchInventory(
  inventory: Inventory,
  source: AdvisorySource,
): { readonly findings: readonly VulnerabilityFinding[]; readonly coverageGaps: readonly CoverageGap[] } {
  const distribution = inventory.distribution;
  const ecosystem = distribution === undefined ? undefined : ecosystemOf(distribution);
  const types = new Set(inventory.packages.map((each) => each.type));
  const gaps = [
    ...distributionGaps(distribution, ecosystem, { types, isComplete: inventory.status === "complete", source }),
  ];
  if (types.has("npm") && !hasAdvisories(source, "npm")) {
    gaps.push({ code: "ADVISORIES_MISSING", ecosystem: "npm" });
  }
  const judged = new Map<string, readonly Vulnerability[]>();
  const findings: VulnerabilityFinding[] = [];
  for (const each of inventory.packages) {
    const searched = searchedFor(each, ecosystem);
    if (searched === undefined) {
      continue;
    }
    // many binary packages share a source, and npm packages lie in a tree many times
    const key = JSON.stringify(searched);
    let vulnerabilities = judged.get(key);
    if (vulnerabilities === undefined) {
      vulnerabilities = judgePackage(source.advisoriesFor(searched.ecosystem, searched.packageName), searched);
      judged.set(key, vulnerabilities);
    }
    for (const vulnerability of vulnerabilities) {
      findings.push(attach(vulnerability, each));
    }
  }
  return { findings: findings.sort(inReportOrder), coverageGaps: gaps };
}

function distributionGaps(
  distribution: Distribution | undefined,
  ecosystem: string | undefined,
  asked: { readonly types: ReadonlySet<PackageType>; readonly isComplete: boolean; readonly source: AdvisorySource },
): readonly CoverageGap[] {
  if (distribution === undefined) {
    // even without operating system packages: they may lie where nobody looked
    return [{ code: "DISTRIBUTION_UNKNOWN" }];
  }
  const name = [distribution.id, distribution.versionId].filter((part) => part !== undefined).join(" ");
  if (ecosystem === undefined) {
    return [{ code: "DISTRIBUTION_UNSUPPORTED", distribution: name }];
  }
  const gaps: CoverageGap[] = hasAdvisories(asked.source, ecosystem) ? [] : [{ code: "ADVISORIES_MISSING", ecosystem }];
  for (const type of ["apk", "deb"] as const) {
    // such as dpkg's database on Alpine: the distribution's advisories say nothing about those packages
    if (asked.types.has(type) && DISTRIBUTION_SCHEMES[type] !== versionSchemeOf(ecosystem)) {
      gaps.push({ code: "DISTRIBUTION_UNSUPPORTED", distribution: name, packageType: type });
    }
  }
  if (asked.isComplete && !asked.types.has("apk") && !asked.types.has("deb")) {
    // An image whose build deleted the package database has the same vulnerabilities as before.
    gaps.push({ code: "PACKAGES_MISSING", distribution: name });
  }
  return gaps;
}

function hasAdvisories(source: AdvisorySource, ecosystem: string): boolean {
  return Object.hasOwn(source.info.ecosystems, ecosystem) && (source.info.ecosystems[ecosystem] ?? 0) > 0;
}

/** What to look up for a package; `undefined` when a coverage gap already says that nobody can. */
function searchedFor(each: Package, ecosystem: string | undefined): Searched | undefined {
  if (each.type === "npm") {
    return { ecosystem: "npm", packageName: each.name, version: each.version };
  }
  if (ecosystem === undefined || DISTRIBUTION_SCHEMES[each.type] !== versionSchemeOf(ecosystem)) {
    return undefined;
  }
  const built = each.source ?? each;
  return { ecosystem, packageName: built.name, version: built.version };
}

function attach(vulnerability: Vulnerability, each: Package): VulnerabilityFinding {
  const { kind, state, id, aliases, severity, fixedVersions, match, ...described } = vulnerability;
  return {
    kind,
    state,
    id,
    aliases,
    severity,
    ...described,
    package: {
      type: each.type,
      name: each.name,
      version: each.version,
      ...(each.source === undefined ? {} : { source: { name: each.source.name, version: each.source.version } }),
    },
    evidence: {
      layer: each.evidence.layer,
      layerIndex: each.evidence.layerIndex,
      path: each.evidence.path,
      analyzer: each.evidence.analyzer,
    },
    fixedVersions,
    match,
  };
}

function inReportOrder(a: VulnerabilityFinding, b: VulnerabilityFinding): number {
  return (
    compareSeverity(a.severity, b.severity) ||
    inCodeUnits(a.id, b.id) ||
    inCodeUnits(a.package.name, b.package.name) ||
    inCodeUnits(a.package.version, b.package.version) ||
    inCodeUnits(a.evidence.path, b.evidence.path) ||
    inCodeUnits(JSON.stringify(a), JSON.stringify(b))
  );
}
