// SPDX-License-Identifier: Apache-2.0
import type { VersionScheme } from "#versions";

/** How bad a vulnerability is; `unknown` when no source says. */
export type Severity = "critical" | "high" | "medium" | "low" | "negligible" | "unknown";

/**
 * One stretch of affected versions: from `introduced` ("0" is the beginning) up to, without, `fixed`, or up to and with
 * `lastAffected`, or up to, without, `limit` (where the source stops speaking; not a fix); open without any of them.
 */
export interface AffectedRange {
  readonly introduced: string;
  readonly fixed?: string;
  readonly lastAffected?: string;
  readonly limit?: string;
}

/** What one source says about one vulnerability of one package in one ecosystem (the OSV `affected` entries of one package). */
export interface Advisory {
  /** The source's id, e.g. `GHSA-…`, `CVE-…`, `DSA-…`. */
  readonly id: string;
  /** Other ids of the same vulnerability, sorted. */
  readonly aliases: readonly string[];
  /**
   * The vulnerabilities that the advisory is about, sorted, where it only packs up others: a DSA fixes several CVEs, which
   * are not each other's aliases. Empty when the advisory is the vulnerability itself (OSV 1.7 `upstream`).
   */
  readonly upstream: readonly string[];
  /** OSV ecosystem with its suffix, e.g. `Debian:12`, `Alpine:v3.20`, `npm`. */
  readonly ecosystem: string;
  /** Package name in the ecosystem; the source package for distributions. */
  readonly packageName: string;
  /** Absent where versions of the ecosystem cannot be compared yet: only a version named one by one is then decided. */
  readonly scheme?: VersionScheme;
  readonly ranges: readonly AffectedRange[];
  /** Versions named one by one, affected too. Those that lie in a range are left out. */
  readonly versions: readonly string[];
  readonly severity: Severity;
  /** Who gave the severity: `GHSA`, `Debian`, `Ubuntu`, or `CVSS:3.1` when it was worked out from a vector. Absent when unknown. */
  readonly severitySource?: string;
  readonly cvssVector?: string;
  readonly summary: string;
  readonly url?: string;
  /** RFC 3339 in UTC, to the second. */
  readonly modified: string;
}

/** Identity of the database that findings were made with; goes into every report. */
export interface AdvisoryDatabaseInfo {
  /** Digest over the content, equal for equal content. */
  readonly digest: string;
  /** RFC 3339: the newest date of the data, not of the build. */
  readonly date: string;
  /** Advisories (one per package and ecosystem). */
  readonly advisories: number;
  /** True for the small database that ships with the program. */
  readonly isBundled: boolean;
  /** Ecosystems (with suffix) that the database has data for, sorted, with the number of advisories. */
  readonly ecosystems: Readonly<Record<string, number>>;
}

/** Reads advisories; implemented by the `advisory-db` adapter. Synchronous: a look-up is a few microseconds. */
export interface AdvisorySource {
  readonly info: AdvisoryDatabaseInfo;
  /** Advisories for one package, sorted by id; empty when there are none. */
  advisoriesFor(ecosystem: string, packageName: string): readonly Advisory[];
}
