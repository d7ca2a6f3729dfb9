// SPDX-License-Identifier: Apache-2.0
import { type AdvisorySource, ecosystemOf } from "#advisories";
import type { Inventory, Package, PackageType } from "#packages";
import { inCodeUnits } from "./code-unit-order.ts";
import type { CoverageGap } from "./finding.ts";
import { isOsPackageType, isTypeOf, languageEcosystemOf, OS_PACKAGE_TYPES } from "./searched.ts";

/** What the advisories cannot be asked about: first the distribution's gaps, then missing ecosystems, sorted. */
export function coverageGapsOf(inventory: Inventory, source: AdvisorySource): readonly CoverageGap[] {
  const ecosystems = new Set(inventory.packages.flatMap((each) => ecosystemToAsk(each, source) ?? []));
  const missing = [...ecosystems].filter((each) => !hasAdvisories(source, each)).sort(inCodeUnits);
  return [
    ...distributionGaps(inventory, source),
    ...missing.map((ecosystem): CoverageGap => ({ code: "ADVISORIES_MISSING", ecosystem })),
  ];
}

/** Sources know some programs only: one that they have nothing on is not clean. A registry's packages are all in its ecosystem. */
function ecosystemToAsk(each: Package, source: AdvisorySource): string | undefined {
  const ecosystem = languageEcosystemOf(each);
  const isUnknown =
    each.type === "generic" &&
    ecosystem !== undefined &&
    hasAdvisories(source, ecosystem) &&
    source.advisoriesFor(ecosystem, each.name).length === 0;
  return isUnknown ? "generic" : ecosystem;
}

function distributionGaps(
  { distribution, packages, status }: Inventory,
  source: AdvisorySource,
): readonly CoverageGap[] {
  if (distribution === undefined) {
    // even without operating system packages: they may lie where nobody looked
    return [{ code: "DISTRIBUTION_UNKNOWN" }];
  }
  const name = [distribution.id, distribution.versionId].filter((part) => part !== undefined).join(" ");
  const ecosystem = ecosystemOf(distribution);
  if (ecosystem === undefined) {
    return [{ code: "DISTRIBUTION_UNSUPPORTED", distribution: name }];
  }
  const types = new Set<PackageType>();
  for (const each of packages) {
    if (each.isDeclared !== true) {
      types.add(each.type);
    }
  }
  const gaps: CoverageGap[] = hasAdvisories(source, ecosystem) ? [] : [{ code: "ADVISORIES_MISSING", ecosystem }];
  for (const type of OS_PACKAGE_TYPES) {
    // such as dpkg's database on Alpine: the distribution's advisories say nothing about those packages
    if (types.has(type) && !isTypeOf(type, ecosystem)) {
      gaps.push({ code: "DISTRIBUTION_UNSUPPORTED", distribution: name, packageType: type });
    }
  }
  if (status === "complete" && ![...types].some(isOsPackageType)) {
    // An image whose build deleted the package database has the same vulnerabilities as before.
    gaps.push({ code: "PACKAGES_MISSING", distribution: name });
  }
  return gaps;
}

function hasAdvisories(source: AdvisorySource, ecosystem: string): boolean {
  return Object.hasOwn(source.info.ecosystems, ecosystem) && (source.info.ecosystems[ecosystem] ?? 0) > 0;
}
