// SPDX-License-Identifier: Apache-2.0

/**
 * One row of a shard. In a shard of advisories `scope` is the ecosystem and `name` the package; of exploitation, `name` is
 * the CVE and `id` the source's word; of severity, `name` is the CVE and `id` the record that says it; of support, `scope` is the distribution's id and `name` its release.
 */
export interface StoredRecord {
  readonly scope: string;
  readonly name: string;
  readonly id: string;
  /** Which import brought it, e.g. `osv`, `secdb/main`; the next import of the same source replaces it. */
  readonly source: string;
  /** Tells apart what one source says of one package by module stream, decision and architecture; mostly empty. */
  readonly variant: string;
  /** RFC 3339; `UNKNOWN_TIME` where the source does not say. */
  readonly modified: string;
  /** JSON whose keys are always in one order, so that equal records are equal bytes. */
  readonly body: string;
}

/** Where the rows of one source in one scope came from, and under which terms. */
export interface SourceNote {
  readonly source: string;
  /** Ecosystem; empty in shards without. */
  readonly scope: string;
  /** Path or URL without credentials. */
  readonly location: string;
  /** RFC 3339: the newest time that the source states. */
  readonly newest: string;
  readonly licence: string;
  readonly attribution: string;
}
