// SPDX-License-Identifier: Apache-2.0

/** A version as advisories write it. */
export interface ToldVersion {
  /** Without `v` and without what a vendor put behind it. */
  readonly version: string;
  /** A vendor's suffix was left out: `-gke.100`, `+k3s1`, `-eks-abc`, `~ds1`. Its build may hold fixes of later versions. */
  readonly isVendorBuild?: true;
}

const NUMBER = "(?:0|[1-9]\\d{0,5})";
const VERSION = new RegExp(`^v?(${NUMBER}\\.${NUMBER}\\.${NUMBER})(?:([-+~])([\\w.+~:-]{0,100}))?$`);

/** What comes before the release: leaving it out would make a version look newer than it is. */
const PRE_RELEASE = /^(?:(?:alpha|beta|rc)(?:[.-]?\d{1,4})?|dev|pre|nightly)(?=$|[.+~-])/;

/** Reads what a node or the API server says its version is; `undefined` when nobody can tell which one that is. */
export function parseToldVersion(text: string): ToldVersion | undefined {
  const [, base, separator, suffix] = VERSION.exec(text) ?? [];
  if (base === undefined) {
    return undefined;
  }
  if (separator === undefined || suffix === undefined) {
    return { version: base };
  }
  const preRelease = separator === "+" ? undefined : PRE_RELEASE.exec(suffix)?.[0];
  if (preRelease === undefined) {
    return { version: base, isVendorBuild: true };
  }
  const version = `${base}-${preRelease}`;
  return preRelease.length === suffix.length ? { version } : { version, isVendorBuild: true };
}
