// SPDX-License-Identifier: Apache-2.0
import type { VersionScheme } from "#versions";

const SCHEMES: Readonly<Record<VersionScheme, readonly string[]>> = {
  dpkg: ["Debian", "Ubuntu", "Echo"],
  apk: ["Alpine", "Wolfi", "Chainguard", "MinimOS", "Alpaquita", "BellSoft Hardened Containers"],
  rpm: [
    ...["AlmaLinux", "Azure Linux", "Mageia", "Photon OS", "Red Hat", "Rocky Linux", "SUSE", "openEuler", "openSUSE"],
    // not in the OSV schema: their vendors publish advisories in other forms
    ...["Amazon Linux", "Fedora", "Oracle Linux"],
  ],
  semver: ["npm", "crates.io", "Pub", "SwiftURL", "GitHub Actions", "Bitnami", "Kubernetes", "Julia", "VSCode"],
  pep440: ["PyPI"],
  maven: ["Maven"],
  go: ["Go"],
  rubygems: ["RubyGems"],
  composer: ["Packagist"],
  nuget: ["NuGet"],
  hex: ["Hex"],
  conda: ["Conda"],
};

/** Ecosystems that the OSV schema lists and whose versions nobody here can order. */
const WITHOUT_SCHEME: readonly string[] = [
  ...["Android", "Bioconductor", "CRAN", "CleanStart", "ConanCenter", "Docker Hardened Images", "FreeBSD", "GHC"],
  ...["GIT", "Hackage", "Linux", "OSS-Fuzz", "OpenBSD", "Opam", "Root", "TuxCare", "opam"],
];

/** Ecosystems of the OSV schema 1.7.5, "affected[].package.ecosystem", and ours. The value is the scheme where we can compare its versions. */
const FAMILIES: ReadonlyMap<string, VersionScheme | undefined> = new Map<string, VersionScheme | undefined>([
  ...Object.entries(SCHEMES).flatMap(([scheme, names]) =>
    names.map((name): [string, VersionScheme] => [name, scheme as VersionScheme]),
  ),
  ...WITHOUT_SCHEME.map((name): [string, undefined] => [name, undefined]),
]);

/** The part of an ecosystem before its suffix: `Debian` of `Debian:12`. */
export function ecosystemFamily(ecosystem: string): string {
  const colon = ecosystem.indexOf(":");
  return colon === -1 ? ecosystem : ecosystem.slice(0, colon);
}

/** Whether the OSV schema lists the ecosystem, or we give it a name of our own (its suffix is not looked at). */
export function isKnownEcosystem(ecosystem: string): boolean {
  return FAMILIES.has(ecosystemFamily(ecosystem));
}

/** Whether the family is of packages that a distribution builds, not of a language. */
export function isOfDistribution(family: string): boolean {
  const scheme = FAMILIES.get(family);
  return scheme === "dpkg" || scheme === "apk" || scheme === "rpm";
}

/** How versions of the ecosystem are compared; `undefined` when nobody here can yet (its findings are then undecided). */
export function versionSchemeOf(ecosystem: string): VersionScheme | undefined {
  return FAMILIES.get(ecosystemFamily(ecosystem));
}
