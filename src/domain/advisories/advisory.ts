// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#base";
import type { Distribution } from "#packages";
import type { VersionScheme } from "#versions";

export type { Severity } from "#base";

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

/** What a vendor decided about a vulnerability of its package. */
export type AdvisoryStatus = "notAffected" | "willNotFix" | "deferred" | "underInvestigation" | "endOfLife";

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
  /**
   * What the source says beyond the ranges; absent: versions in the ranges are affected. `notAffected` clears the versions in
   * its ranges (every version without ranges) and outweighs sources that know the package less well; the others stay findings
   * and are shown with the word.
   */
  readonly status?: AdvisoryStatus;
  /** Module stream that the package must come from, `nodejs:18` (rpm modularity). */
  readonly module?: string;
  /** Architectures it holds for, as the package database writes them; absent: all. */
  readonly architectures?: readonly string[];
  /** RFC 3339 in UTC, to the second. */
  readonly modified: string;
  /** The same; when the source first published it, where it says so. */
  readonly published?: string;
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
  /** No database: vulnerabilities were not looked for, and nobody can tell. */
  readonly isNotAsked?: true;
  /** Sources that know of attacks: CISA's catalogue, FIRST's estimates; absent when it holds none, and then nobody can tell. */
  readonly exploitation?: readonly ("kev" | "epss")[];
}

/** What is known about attacks with one CVE. */
export interface Exploitation {
  /** CISA's catalogue of known exploited vulnerabilities. */
  readonly knownExploited?: { readonly added: string; readonly due?: string; readonly isInRansomware?: boolean };
  /** FIRST's estimate that it will be exploited within 30 days: 0 to 1, the share of CVEs with a lower score, and its day. */
  readonly epss?: { readonly score: number; readonly percentile: number; readonly date: string };
}

/** What one source says about how bad a vulnerability is, whatever package it is in. */
export interface SeverityStatement {
  /** Who says so: `NVD`, `GHSA`, `Red Hat`. */
  readonly source: string;
  readonly severity: Severity;
  readonly cvssVector?: string;
}

/** Until when a distribution release is supported (RFC 3339 days, in UTC). */
export interface SupportPeriod {
  /** Name and release as the source writes them, e.g. `debian 12`. */
  readonly release: string;
  /** Day after which the vendor's free support ends; absent when not yet known. */
  readonly until?: string;
  /** Day after which paid or community long-term support ends too. */
  readonly extendedUntil?: string;
  readonly source: string;
}

/** Reads advisories; implemented by the `advisory-db` adapter. Synchronous: a look-up is a few microseconds. */
export interface AdvisorySource {
  readonly info: AdvisoryDatabaseInfo;
  /** Advisories for one package, sorted by id; empty when there are none. */
  advisoriesFor(ecosystem: string, packageName: string): readonly Advisory[];
  /** What is known about attacks with a CVE; absent in sources that hold no such data. */
  exploitationOf?(cve: string): Exploitation | undefined;
  /** What sources say about how bad a CVE is, whatever package it is in, sorted by source, each source once. */
  severitiesOf?(cve: string): readonly SeverityStatement[];
  /** Support of a distribution release; `undefined` when the source does not know it. */
  supportOf?(distribution: Distribution): SupportPeriod | undefined;
}
