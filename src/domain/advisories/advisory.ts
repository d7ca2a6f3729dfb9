// SPDX-License-Identifier: Apache-2.0
import type { VersionScheme } from "#versions";

/** How bad a vulnerability is; `unknown` when no source says. */
export type Severity = "critical" | "high" | "medium" | "low" | "negligible" | "unknown";

/** One stretch of affected versions: from `introduced` ("0" is the beginning) up to, without, `fixed`, or up to and with `lastAffected`; open without either. */
export interface AffectedRange {
  readonly introduced: string;
  readonly fixed?: string;
  readonly lastAffected?: string;
}

/** What one source says about one vulnerability of one package in one ecosystem (one OSV `affected` entry). */
export interface Advisory {
  /** The source's id, e.g. `GHSA-…`, `CVE-…`, `DSA-…`. */
  readonly id: string;
  /** Other ids of the same vulnerability, sorted. */
  readonly aliases: readonly string[];
  /** OSV ecosystem with its suffix, e.g. `Debian:12`, `Alpine:v3.20`, `npm`. */
  readonly ecosystem: string;
  /** Package name in the ecosystem; the source package for distributions. */
  readonly packageName: string;
  readonly scheme: VersionScheme;
  readonly ranges: readonly AffectedRange[];
  /** Versions named one by one, affected too. */
  readonly versions: readonly string[];
  readonly severity: Severity;
  /** Who gave the severity, e.g. `GHSA`, `CVSS:3.1 vector of the advisory`. Absent when unknown. */
  readonly severitySource?: string;
  readonly cvssVector?: string;
  readonly summary: string;
  readonly url?: string;
  /** RFC 3339. */
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
