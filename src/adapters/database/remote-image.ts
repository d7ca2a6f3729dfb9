// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";

/** A manifest of another registry, read and verified against its digest by one of us. It says nothing about who may read it. */
export interface RemoteImageRecord {
  readonly digest: Digest;
  /** Where it was seen first. */
  readonly registry: string;
  readonly repository: string;
  readonly mediaType: string;
  readonly kind: "image" | "index" | "artifact";
  /** Of an index: what it lists that can run, with the platform that is written there, e.g. `linux/amd64`. */
  readonly children?: readonly {
    readonly digest: Digest;
    /** As the index says. */
    readonly mediaType: string;
    readonly platform?: string;
  }[];
  /** Of an image whose configuration was read. */
  readonly config?: { readonly platform: string; readonly user?: string; readonly created?: string };
  /** RFC 3339. */
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
}

/** `claimed`: the caller scans it now. `busy`: somebody else does, or our own scanner will. `finished`: there is a result. */
export type ScanClaim = "claimed" | "busy" | "finished";

export interface RemoteImageStore {
  /** Adds the record, or brings it up to date; a configuration that was read before stays. */
  put(record: Omit<RemoteImageRecord, "firstSeenAt" | "lastSeenAt">): Promise<void>;
  /** Those that are known. Counts as seeing them. */
  findMany(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, RemoteImageRecord>>;
  /**
   * Takes the scan of the digest on, for `leaseMs`, unless somebody else is at it who lives. `ScanStore.finish` ends it.
   */
  claimScan(digest: Digest, leaseMs: number): Promise<ScanClaim>;
  /** Goes on with a claim for `leaseMs` from now. False: it is no longer ours. */
  keepScan(digest: Digest, leaseMs: number): Promise<boolean>;
  /** Gives a claim back without a result, as if nobody had begun; its job ends as failed, for the reason given. */
  releaseScan(digest: Digest, message?: string): Promise<void>;
  /** Forgets at most `limit` images that nobody saw since `before`, with their scans. Returns how many. */
  prune(before: Date, limit: number): Promise<number>;
}
