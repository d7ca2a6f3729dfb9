// SPDX-License-Identifier: Apache-2.0

/** One record as it lies in a file, or why there is none. `origin` names it for people; it is data, never a path to open. */
export type RawRecord =
  | { readonly origin: string; readonly json: Uint8Array | string }
  | { readonly origin: string; readonly problem: string };

/** Records of one archive or file. */
export interface RecordFeed {
  /** For people and for the database: a path or URL without credentials. */
  readonly label: string;
  /** The ecosystem family that the feed is the whole of (`npm` of `npm/all.zip`); records of others in it are left out. */
  readonly family?: string;
  /** Whether it replaces what the database has of its ecosystems (an archive) or updates single records (a file). */
  readonly isWhole: boolean;
  /** Number of records where it is known beforehand. */
  readonly total?: number;
  records(): AsyncIterable<RawRecord>;
}
