// SPDX-License-Identifier: Apache-2.0
import type { Advisory, Exploitation, SeverityStatement, SupportPeriod } from "./advisory.ts";
import type { OsvProblem, OsvSkip } from "./osv/parse-osv-record.ts";

/** What one record of a source gave. Never an exception: what could not be read is in `problems`, what is left out is counted. */
export interface ParsedRecords {
  /** Of the record, where its source knows it by one: a later import of it replaces what it gave before. */
  readonly id?: string;
  /** The word of its source, where the file does not have one for all of its records. */
  readonly source?: string;
  readonly advisories?: readonly Advisory[];
  /** What a catalogue says about one CVE. */
  readonly exploitation?: readonly ExploitationRecord[];
  readonly support?: readonly SupportRecord[];
  /** What it says about how bad CVEs are, apart from any package. */
  readonly severities?: readonly SeverityRecord[];
  readonly problems: readonly Pick<OsvProblem, "message">[];
  readonly skipped: Readonly<Partial<Record<OsvSkip, number>>>;
}

/** One catalogue's word about one CVE. */
export interface ExploitationRecord {
  readonly cve: string;
  readonly knownExploited?: NonNullable<Exploitation["knownExploited"]>;
  /** The day is that of the whole catalogue. */
  readonly epss?: { readonly score: number; readonly percentile: number };
}

/** One source's word on how bad one CVE is, and of when that is. */
export interface SeverityRecord extends SeverityStatement {
  readonly cve: string;
  readonly modified: string;
}

/** The support of one release; `scope` is the distribution's id in os-release, `name` its release. */
export interface SupportRecord extends Omit<SupportPeriod, "source"> {
  readonly scope: string;
  readonly name: string;
}
