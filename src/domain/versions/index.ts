// SPDX-License-Identifier: Apache-2.0
import { assertNever } from "#base";
import { compareApkVersions } from "./apk/compare-apk-versions.ts";
import { compareDpkgVersions } from "./dpkg/compare-dpkg-versions.ts";
import { compareSemverVersions } from "./semver/compare-semver-versions.ts";

/** The version schemes known so far. */
export type VersionScheme = "dpkg" | "apk" | "semver";

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
    default:
      return assertNever(scheme);
  }
}
