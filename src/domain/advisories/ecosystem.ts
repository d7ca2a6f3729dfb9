// SPDX-License-Identifier: Apache-2.0
import type { VersionScheme } from "#versions";

/** Ecosystems of the OSV schema 1.7.4, "affected[].package.ecosystem". The value is the scheme where we can compare its versions. */
const FAMILIES: ReadonlyMap<string, VersionScheme | undefined> = new Map<string, VersionScheme | undefined>([
  ["Debian", "dpkg"],
  ["Ubuntu", "dpkg"],
  ["Echo", "dpkg"],
  ["Alpine", "apk"],
  ["Wolfi", "apk"],
  ["Chainguard", "apk"],
  ["MinimOS", "apk"],
  ["npm", "semver"],
  ...[
    ...["AlmaLinux", "Alpaquita", "Android", "Azure Linux", "BellSoft Hardened Containers", "Bioconductor", "Bitnami"],
    ...["CRAN", "CleanStart", "ConanCenter", "Docker Hardened Images", "FreeBSD", "GHC", "GIT", "GitHub Actions", "Go"],
    ...["Hackage", "Hex", "Julia", "Kubernetes", "Linux", "Mageia", "Maven", "NuGet", "OSS-Fuzz", "OpenBSD", "Opam"],
    ...["Packagist", "Photon OS", "Pub", "PyPI", "Red Hat", "Rocky Linux", "Root", "RubyGems", "SUSE", "SwiftURL"],
    ...["VSCode", "crates.io", "openEuler", "openSUSE", "opam"],
  ].map((name): [string, undefined] => [name, undefined]),
]);

/** The part of an ecosystem before its suffix: `Debian` of `Debian:12`. */
export function ecosystemFamily(ecosystem: string): string {
  const colon = ecosystem.indexOf(":");
  return colon === -1 ? ecosystem : ecosystem.slice(0, colon);
}

/** Whether the OSV schema lists the ecosystem (its suffix is not looked at). */
export function isKnownEcosystem(ecosystem: string): boolean {
  return FAMILIES.has(ecosystemFamily(ecosystem));
}

/** How versions of the ecosystem are compared; `undefined` when nobody here can yet (its findings are then undecided). */
export function versionSchemeOf(ecosystem: string): VersionScheme | undefined {
  return FAMILIES.get(ecosystemFamily(ecosystem));
}
