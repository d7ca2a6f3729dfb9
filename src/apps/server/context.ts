// SPDX-License-Identifier: Apache-2.0

import type { AdvisoryDatabaseInfo } from "#advisories";
import type { Clock, Digest } from "#base";
import type { BlobStore } from "#blob-store";
import type { Configuration } from "#configuration";
import type { Database } from "#database";
import type { IndexRule, PolicyDocument, Verdict } from "#policy";
import type { Telemetry } from "#telemetry";

/** A judged image: the verdict and what it is about. */
export interface Judgement {
  readonly verdict: Verdict;
  /** The digest asked for (an index stays an index). */
  readonly digest: Digest;
  readonly repository: string;
}

/** The one way by which registry, admission and console come to a verdict. Cached by digest, reference, namespace, policies and database. */
export interface Judge {
  /**
   * Judges an image of our registry. `reference` is what the asker wrote (it selects the policy entry), `repository`
   * and `digest` say which stored manifest is meant. Never throws for an unknown or unscanned image: that is `undecided`.
   */
  judge(image: {
    readonly reference: string;
    readonly repository: string;
    readonly digest: Digest;
    readonly namespace?: string;
    /** What an index needs; default `every-child`. The registry says `any-child`, since it judges each child when it is pulled. */
    readonly indexRule?: IndexRule;
  }): Promise<Judgement>;
  readonly policies: readonly PolicyDocument[];
  readonly advisories: AdvisoryDatabaseInfo;
  /** Waits until the scans of the digest (or of its children) are finished, at most `timeoutMs`. */
  waitForScan(digest: Digest, timeoutMs: number): Promise<void>;
}

/** What the roles of the server share; built once in `start-server.ts`, passed as an argument. */
export interface ServerContext {
  readonly configuration: Configuration;
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly judge: Judge;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** Aborted when the server begins to stop. */
  readonly stopping: AbortSignal;
}

/** A role that listens; `stop` drains requests in flight and closes. */
export interface RunningRole {
  readonly name: string;
  /** e.g. `http://127.0.0.1:5000`. */
  readonly url: string;
  stop(): Promise<void>;
}
