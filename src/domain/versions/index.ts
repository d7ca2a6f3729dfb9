// SPDX-License-Identifier: Apache-2.0
import { assertNever } from "#base";
import { compareApkVersions } from "./apk/compare-apk-versions.ts";
import { compareComposerVersions } from "./composer/compare-composer-versions.ts";
import { compareCondaVersions } from "./conda/compare-conda-versions.ts";
import { compareDpkgVersions } from "./dpkg/compare-dpkg-versions.ts";
import { compareGoVersions } from "./go/compare-go-versions.ts";
import { compareHexVersions } from "./hex/compare-hex-versions.ts";
import { compareMavenVersions } from "./maven/compare-maven-versions.ts";
import { compareNugetVersions } from "./nuget/compare-nuget-versions.ts";
import { comparePep440Versions } from "./pep440/compare-pep440-versions.ts";
import { compareRpmVersions } from "./rpm/compare-rpm-versions.ts";
import { compareRubygemsVersions } from "./rubygems/compare-rubygems-versions.ts";
import { compareSemverVersions } from "./semver/compare-semver-versions.ts";

/** The version schemes; `hex` is Semantic Versioning as Elixir reads it, `go` is that of module versions and `go1.22` alike. */
export type VersionScheme =
  | "dpkg"
  | "apk"
  | "rpm"
  | "semver"
  | "pep440"
  | "maven"
  | "go"
  | "rubygems"
  | "composer"
  | "nuget"
  | "hex"
  | "conda";

/** -1: the first is older; 0: equal; 1: the first is newer; `undefined`: one of them does not parse, so nobody can tell. */
export type VersionOrder = -1 | 0 | 1 | undefined;

/** Compares two versions under a scheme. Never throws and never guesses. */
export function compareVersions(scheme: VersionScheme, a: string, b: string): VersionOrder {
  switch (scheme) {
    case "dpkg":
      return compareDpkgVersions(a, b);
    case "apk":
      return compareApkVersions(a, b);
    case "semver":
      return compareSemverVersions(a, b);
    case "rpm":
      return compareRpmVersions(a, b);
    case "pep440":
      return comparePep440Versions(a, b);
    case "maven":
      return compareMavenVersions(a, b);
    case "go":
      return compareGoVersions(a, b);
    case "rubygems":
      return compareRubygemsVersions(a, b);
    case "composer":
      return compareComposerVersions(a, b);
    case "nuget":
      return compareNugetVersions(a, b);
    case "hex":
      return compareHexVersions(a, b);
    case "conda":
      return compareCondaVersions(a, b);
    default:
      return assertNever(scheme);
  }
}
