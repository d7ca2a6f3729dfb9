// SPDX-License-Identifier: Apache-2.0
import type { AdvisoryStatus, Exploitation, Severity, SeverityStatement } from "#advisories";
import type { Evidence, ImageObservation, PackageOwner, PackageType } from "#packages";

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
  /** Who says so: the vendor, `CVSS:3.1` of its vector, `GHSA`, `NVD` …; absent when nobody does. */
  readonly severitySource?: string;
  readonly cvssVector?: string;
  /** What others call it, where they do not agree, sorted by who says it; absent where all agree. */
  readonly otherSeverities?: readonly SeverityStatement[];
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
   * RFC 3339: when an advisory that names a fix was first published, the earliest of them; absent when there is no fix, or no
   * source says when.
   */
  readonly fixPublished?: string;
  /** What the vendor decided about it, e.g. that it will not be fixed. */
  readonly status?: AdvisoryStatus;
  readonly exploitation?: Exploitation;
  /** The package is only named in a lock file. */
  readonly isDeclared?: true;
  /** The operating system package that installed the file; see `Suppression` for what its vendor says. */
  readonly coveredBy?: PackageOwner;
  /** What the author of a VEX document that confirms it advises to do, and where that stands. */
  readonly advice?: { readonly text: string; readonly origin: string };
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

/** A secret, a risky configuration, an unwanted licence or malware, as an analyzer observed it. */
export type ObservationFinding = ImageObservation;

/** A problem of an image, told apart by `kind`. */
export type Finding = VulnerabilityFinding | ObservationFinding;

/** Why a finding does not count, and who says so. */
export interface Suppression {
  /** `vendor`: the operating system vendor's advisories decide about the file, and clear it. */
  readonly by: "vex" | "ignoreFile" | "vendor";
  /** Where the statement stands: a file name, a referrer's digest, a hub's address, an advisory's id. */
  readonly origin: string;
  readonly status: "notAffected" | "fixed" | "ignored" | "underInvestigation";
  /** The statement's justification (OpenVEX's words), or the reason of the ignore file. */
  readonly justification?: string;
  /** RFC 3339; the suppression ends then. */
  readonly until?: string;
}

/** A finding that does not count, shown with what suppresses it. */
export interface SuppressedFinding {
  readonly finding: Finding;
  readonly suppression: Suppression;
}

/** Why the advisories do not cover an image. */
export type CoverageGap =
  | { readonly code: "DISTRIBUTION_UNKNOWN" }
  /** `packageType` is there when the distribution itself is supported, but not packages of that type on it. */
  | { readonly code: "DISTRIBUTION_UNSUPPORTED"; readonly distribution: string; readonly packageType?: PackageType }
  | { readonly code: "ADVISORIES_MISSING"; readonly ecosystem: string }
  /** The distribution has a package manager, and the image none of its records: they were removed, or never were there. */
  | { readonly code: "PACKAGES_MISSING"; readonly distribution: string };
