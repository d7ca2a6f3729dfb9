// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";

/** Why an image is scanned: it was pushed, somebody asked, analyzers changed, or admission needs to know. */
export type ScanReason = "push" | "request" | "analyzers" | "admission";

/** `cancelled`: somebody stopped it. */
export type ScanJobState = "pending" | "running" | "done" | "failed" | "unsupported" | "cancelled";

/** Why and for whom a scan is asked for; default: a request of nobody in particular. */
export interface ScanRequestOptions {
  readonly reason: ScanReason;
  readonly requestedBy?: string;
}

/** One scan that was asked for, from then until its end. */
export interface ScanJobRecord {
  readonly id: number;
  readonly digest: Digest;
  readonly reason: ScanReason;
  readonly requestedBy?: string;
  readonly state: ScanJobState;
  readonly attempts: number;
  /** What went wrong, the last time. */
  readonly message?: string;
  /** Compressed layers that were read, of all; both 0 before the first is. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** RFC 3339. */
  readonly requestedAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** Where the image is called so, at most a few; empty when it is nowhere any more. */
  readonly names: readonly string[];
}

/** Which jobs are asked for, newest first; all that is given must fit. */
export interface ScanJobQuery {
  readonly limit: number;
  /** Only those older than this one. */
  readonly before?: number;
  readonly state?: ScanJobState;
  readonly reason?: ScanReason;
  readonly digests?: readonly string[];
  /** Of our registry. */
  readonly repository?: string;
}

export interface ScanJobStore {
  list(query: ScanJobQuery): Promise<readonly ScanJobRecord[]>;
  find(id: number): Promise<ScanJobRecord | undefined>;
  /** Images whose open job may wait, since it is only for newer analyzers. */
  listBackground(): Promise<ReadonlySet<Digest>>;
  /** False: the job is not open any more, and nobody waits for the scan. */
  noteProgress(digest: Digest, progress: { readonly doneBytes: number; readonly totalBytes: number }): Promise<boolean>;
  /** What went wrong with an attempt after which there is another one. */
  noteFailure(digest: Digest, message: string): Promise<void>;
  /**
   * Ends the open job of an image of ours without a result: a report from before counts again, without one the scan
   * failed. False when none is open.
   */
  abandon(digest: Digest, end: { readonly state: "cancelled" | "failed"; readonly message: string }): Promise<boolean>;
  /** Forgets at most `limit` jobs that ended before; returns how many. */
  prune(before: Date, limit: number): Promise<number>;
}
