// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#advisories";
import type { Evidence, PackageType } from "#packages";

/**
 * One vulnerability of one installed package. `affected`: the version is in an affected range; `undecided`: a version
 * did not parse, so nobody can tell.
 */
export interface VulnerabilityFinding {
  readonly kind: "vulnerability";
  readonly state: "affected" | "undecided";
  /** The CVE id where there is one, else the advisory's id. */
  readonly id: string;
  /** Other ids of the same vulnerability, sorted. */
  readonly aliases: readonly string[];
  readonly severity: Severity;
  readonly severitySource?: string;
  readonly cvssVector?: string;
  readonly title: string;
  readonly url?: string;
  readonly package: {
    readonly type: PackageType;
    readonly name: string;
    readonly version: string;
    readonly source?: { readonly name: string; readonly version: string };
  };
  readonly evidence: Evidence;
  /** Versions that fix it, oldest first; empty when no fix exists. */
  readonly fixedVersions: readonly string[];
  /**
   * How it was found: advisory, ecosystem, the name and version searched for, and the range that held it (`>= 1.0.0, < 1.2.3`;
   * `= 1.2.3` when the version is named; ranges parted by ` || ` when undecided).
   */
  readonly match: {
    readonly advisoryId: string;
    readonly ecosystem: string;
    readonly packageName: string;
    readonly version: string;
    readonly range: string;
  };
}

/** A problem of an image. More kinds (secret, configuration, licence, malware) follow. */
export type Finding = VulnerabilityFinding;

/** Why the advisories do not cover an image. */
export type CoverageGap =
  | { readonly code: "DISTRIBUTION_UNKNOWN" }
  /** `packageType` is there when the distribution itself is supported, but not packages of that type on it. */
  | { readonly code: "DISTRIBUTION_UNSUPPORTED"; readonly distribution: string; readonly packageType?: PackageType }
  | { readonly code: "ADVISORIES_MISSING"; readonly ecosystem: string }
  /** The distribution has a package manager, and the image none of its records: they were removed, or never were there. */
  | { readonly code: "PACKAGES_MISSING"; readonly distribution: string };
