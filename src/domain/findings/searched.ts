// SPDX-License-Identifier: Apache-2.0
import { canonicalPackageName, ecosystemFamily, versionSchemeOf } from "#advisories";
import type { OsPackageType, Package, PackageType } from "#packages";
import type { VersionScheme } from "#versions";

/** Under which ecosystem, name and version advisories are looked up, and what they may further ask of the package. */
export interface Searched {
  readonly ecosystem: string;
  readonly packageName: string;
  readonly version: string;
  readonly module?: string;
  readonly architecture?: string;
}

/** The OSV ecosystem of each type that is not a distribution's. Bitnami's is by programs' own names and versions. */
const ECOSYSTEMS: Readonly<Record<Exclude<PackageType, OsPackageType>, string>> = {
  npm: "npm",
  pypi: "PyPI",
  golang: "Go",
  maven: "Maven",
  gem: "RubyGems",
  composer: "Packagist",
  cargo: "crates.io",
  nuget: "NuGet",
  conda: "Conda",
  pub: "Pub",
  hex: "Hex",
  generic: "Bitnami",
};

const DISTRIBUTION_SCHEMES: Readonly<Record<OsPackageType, VersionScheme>> = { deb: "dpkg", apk: "apk", rpm: "rpm" };

/** Operating system package types in the order in which gaps name them. */
export const OS_PACKAGE_TYPES: readonly OsPackageType[] = ["apk", "deb", "rpm"];

/** Whether packages of the type are what the advisories of the distribution's ecosystem speak of. */
export function isTypeOf(type: OsPackageType, ecosystem: string): boolean {
  return DISTRIBUTION_SCHEMES[type] === versionSchemeOf(ecosystem);
}

/** Whether the type is that of an operating system's packages. */
export function isOsPackageType(type: PackageType): type is OsPackageType {
  return type === "deb" || type === "apk" || type === "rpm";
}

/**
 * The ecosystem whose advisories speak of a package that is not the distribution's; `generic` when none can speak of it, `undefined`
 * for a program that an operating system package brought (its vendor speaks of it).
 */
export function languageEcosystemOf(each: Package): string | undefined {
  if (isOsPackageType(each.type)) {
    return undefined;
  }
  if (each.type === "maven" && !each.name.includes(":")) {
    // A jar of which only the file name is known: advisories are written for group and artifact, so none would ever match.
    return each.owner === undefined ? "generic" : undefined;
  }
  return each.type === "generic" && each.owner !== undefined ? undefined : ECOSYSTEMS[each.type];
}

/** rpm distributions whose vendors write advisories for what was built, and never for the source package. */
const NAME_WHAT_WAS_BUILT: ReadonlySet<string> = new Set(["AlmaLinux", "Amazon Linux", "Fedora", "Oracle Linux"]);

/**
 * Everything to look up for a package. Other vendors of rpm distributions write advisories for source packages (SUSE, Rocky, Azure
 * Linux) or for both (Red Hat: fixes name what was built, open vulnerabilities the source); there both names are asked for, what
 * was built first.
 */
export function searchesFor(each: Package, distributionEcosystem: string | undefined): readonly Searched[] {
  const searched = searchedFor(each, distributionEcosystem);
  if (searched === undefined) {
    return [];
  }
  if (each.type !== "rpm" || searched.packageName === each.name) {
    return [searched];
  }
  const built = { ...searched, packageName: each.name, version: each.version };
  return NAME_WHAT_WAS_BUILT.has(ecosystemFamily(searched.ecosystem)) ? [built] : [built, searched];
}

/** What to look up for a package; `undefined` when a coverage gap already says that nobody can. */
function searchedFor(each: Package, distributionEcosystem: string | undefined): Searched | undefined {
  if (!isOsPackageType(each.type)) {
    const ecosystem = languageEcosystemOf(each);
    return ecosystem === undefined || ecosystem === "generic"
      ? undefined
      : { ecosystem, packageName: canonicalPackageName(ecosystem, each.name), version: each.version };
  }
  if (distributionEcosystem === undefined || !isTypeOf(each.type, distributionEcosystem)) {
    return undefined;
  }
  const built = each.source ?? each;
  return {
    ecosystem: distributionEcosystem,
    packageName: built.name,
    version: built.version,
    ...(each.module === undefined ? {} : { module: each.module }),
    ...(each.architecture === undefined ? {} : { architecture: each.architecture }),
  };
}
