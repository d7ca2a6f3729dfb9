// SPDX-License-Identifier: Apache-2.0
import { compareVersions, type VersionScheme } from "#versions";
import type { Advisory, AffectedRange } from "./advisory.ts";
import { asNamedBy, compareWithBound } from "./compare-with-bound.ts";

/**
 * What an advisory says about one version. `range` is the stretch that holds it, or that could not be decided; absent when the
 * version is named one by one (or, undecided, might equal such a one).
 */
export type VersionJudgement =
  | { readonly state: "affected"; readonly range?: AffectedRange }
  | { readonly state: "undecided"; readonly range?: AffectedRange }
  | { readonly state: "unaffected" };

/** Judges a version by the ranges and the version list of an advisory. Text that does not parse makes it `undecided`. */
export function judgeVersion(
  advisory: Pick<Advisory, "scheme" | "ranges" | "versions">,
  version: string,
): VersionJudgement {
  if (advisory.versions.includes(version)) {
    return { state: "affected" };
  }
  let undecided: VersionJudgement | undefined;
  for (const range of advisory.ranges) {
    const isInside = isInRange(advisory.scheme, range, version);
    if (isInside === true) {
      return { state: "affected", range };
    }
    if (isInside === undefined) {
      undecided ??= { state: "undecided", range };
    }
  }
  if (advisory.scheme !== undefined && advisory.versions.length > 0) {
    for (const named of advisory.versions) {
      if (compareVersions(advisory.scheme, asNamedBy(advisory.scheme, version, named), named) === 0) {
        return { state: "affected" };
      }
    }
    // what parses is none of the named versions that do not: old releases of PyPI, say, that no grammar covers any more
    if (compareVersions(advisory.scheme, version, version) === undefined) {
      undecided ??= { state: "undecided" };
    }
  }
  return undecided ?? { state: "unaffected" };
}

/** Whether the version lies in the stretch; `undefined` when a version that matters does not parse. */
export function isInRange(
  scheme: VersionScheme | undefined,
  range: AffectedRange,
  version: string,
): boolean | undefined {
  if (scheme === undefined) {
    return undefined;
  }
  const bounds: (boolean | undefined)[] = [];
  if (range.introduced !== "0") {
    bounds.push(holds(compareWithBound(scheme, version, range.introduced), (order) => order >= 0));
  }
  if (range.fixed !== undefined) {
    bounds.push(holds(compareWithBound(scheme, version, range.fixed), (order) => order < 0));
  }
  if (range.lastAffected !== undefined) {
    bounds.push(
      holds(
        compareWithBound(scheme, asNamedBy(scheme, version, range.lastAffected), range.lastAffected),
        (order) => order <= 0,
      ),
    );
  }
  if (range.limit !== undefined) {
    bounds.push(holds(compareWithBound(scheme, version, range.limit), (order) => order < 0));
  }
  if (bounds.length === 0) {
    // every version is affected, but what does not parse may be no version
    return compareVersions(scheme, version, version) === undefined ? undefined : true;
  }
  // one bound that excludes the version decides, even beside a bound that does not parse
  if (bounds.includes(false)) {
    return false;
  }
  return bounds.includes(undefined) ? undefined : true;
}

function holds(order: -1 | 0 | 1 | undefined, test: (order: number) => boolean): boolean | undefined {
  return order === undefined ? undefined : test(order);
}
