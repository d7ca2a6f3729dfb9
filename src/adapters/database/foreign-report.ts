// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";

/** What somebody else's scanner says of an image. */
export interface ForeignReport {
  readonly digest: Digest;
  /** Name of the scanner, as the settings call it. */
  readonly scanner: string;
  /** Who reads it validates it: an earlier version may have written it. */
  readonly report: unknown;
  /** RFC 3339. */
  readonly fetchedAt: string;
}

export interface ForeignReportStore {
  /** Puts it in the place of an earlier one, and tells every process by `scan-changed`, since a verdict may depend on it. */
  put(report: Pick<ForeignReport, "digest" | "scanner" | "report">): Promise<void>;
  /** In the order of the scanners' names. */
  findMany(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, readonly ForeignReport[]>>;
  has(digest: Digest, scanner: string): Promise<boolean>;
  /** What a scanner said of everything. */
  removeOf(scanner: string): Promise<void>;
  /** Forgets at most `limit` of images that the registry does not have any more; returns how many. */
  prune(limit: number): Promise<number>;
}
