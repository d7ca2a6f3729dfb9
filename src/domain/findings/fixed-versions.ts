// SPDX-License-Identifier: Apache-2.0
import { type Advisory, compareWithBound, judgeVersion } from "#advisories";
import { compareVersions, type VersionScheme } from "#versions";
import { inCodeUnits } from "./code-unit-order.ts";

/**
 * The versions, oldest first, that an installed version can move to according to the advisories: every end of a stretch that
 * is newer than it and not itself affected by the advisory that names it. Where versions do not compare, all of them in
 * code unit order.
 */
export function fixedVersionsFor(advisories: readonly Advisory[], version: string): readonly string[] {
  const scheme = advisories.find((advisory) => advisory.scheme !== undefined)?.scheme;
  const fixes = advisories.flatMap((advisory) =>
    advisory.ranges.flatMap(({ fixed }) => (fixed !== undefined && isFix(advisory, fixed, version) ? [fixed] : [])),
  );
  return withoutEqual(fixes.sort(inCodeUnits), scheme);
}

function isFix(advisory: Advisory, fixed: string, version: string): boolean {
  if (advisory.scheme !== undefined) {
    const order = compareWithBound(advisory.scheme, version, fixed);
    if (order === 0 || order === 1) {
      return false;
    }
  }
  return judgeVersion(advisory, fixed).state !== "affected";
}

function withoutEqual(fixes: readonly string[], scheme: VersionScheme | undefined): readonly string[] {
  const sorted =
    scheme !== undefined && fixes.every((fix) => compareVersions(scheme, fix, fix) === 0)
      ? fixes.toSorted((a, b) => compareVersions(scheme, a, b) ?? 0)
      : fixes;
  return sorted.filter((fix, index) => {
    const before = sorted[index - 1];
    return (
      before === undefined || (before !== fix && (scheme === undefined || compareVersions(scheme, before, fix) !== 0))
    );
  });
}
