// SPDX-License-Identifier: Apache-2.0
import { compareVersions, type VersionScheme } from "#versions";

/**
 * Where a version stands to one that an advisory names, as `compareVersions`. Releases of programs are named in advisories on Go
 * modules as people write them (docker's `19.03.0`), with zeros in front that no module version can have: those of the bound are
 * not counted.
 */
export function compareWithBound(scheme: VersionScheme, version: string, bound: string): -1 | 0 | 1 | undefined {
  const order = compareVersions(scheme, version, bound);
  return order === undefined && scheme === "go" ? compareVersions(scheme, version, withoutLeadingZeros(bound)) : order;
}

/**
 * The version as an advisory's `==` or `<=` means it: a local label (`2.0.1+cu118`, a wheel built with other options) does not
 * count there (PEP 440, "Version specifiers", "Local version identifiers"), unless the advisory names one itself.
 */
export function asNamedBy(scheme: VersionScheme | undefined, version: string, bound: string): string {
  return scheme === "pep440" && version.includes("+") && !bound.includes("+")
    ? version.slice(0, version.indexOf("+"))
    : version;
}

function withoutLeadingZeros(bound: string): string {
  const end = bound.search(/[-+]/);
  const release = end === -1 ? bound : bound.slice(0, end);
  return release.replaceAll(/(^v?|\.)0+(?=\d)/g, "$1") + bound.slice(release.length);
}
