// SPDX-License-Identifier: Apache-2.0
import type { ParsedRecords } from "#advisories";

/** One thing read from a file, or why there is none. `origin` names it for people; it is data, never a path to open. */
export type FeedItem =
  | { readonly origin: string; readonly parsed: ParsedRecords }
  | { readonly origin: string; readonly problem: string };

/** Bytes of one record as it lies in a file. */
export type RawRecord =
  | { readonly origin: string; readonly json: Uint8Array | string }
  | { readonly origin: string; readonly problem: string };

/** Records of one archive or file. */
export interface RecordFeed {
  /** For people and for the database: a path or URL without credentials. */
  readonly label: string;
  /** The word that rows carry, e.g. `osv`; the next import of the same source replaces them. */
  readonly source: string;
  /** The ecosystem family that the feed is the whole of (`npm` of `npm/all.zip`); records of others in it are left out. */
  readonly family?: string;
  /** Whether it replaces what the database has of its source and scopes (an archive) or updates single records (a file). */
  readonly isWhole: boolean;
  /** Number of records where it is known beforehand. */
  readonly total?: number;
  items(): AsyncIterable<FeedItem>;
  /** RFC 3339: how new the feed says it is, known once it was read; for sources whose records have no times. */
  newest?(): string | undefined;
}
