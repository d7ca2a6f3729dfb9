// SPDX-License-Identifier: Apache-2.0

import type { AdvisoryDatabaseInfo } from "#advisories";
import type { Clock, Digest } from "#base";
import type { BlobStore } from "#blob-store";
import type { Configuration } from "#configuration";
import type { Database } from "#database";
import type { IndexRule, PolicyDocument, PolicySecret, Verdict } from "#policy";
import type { FoundSignature, SignatureResult } from "#signatures";
import type { Telemetry } from "#telemetry";

/** A judged image: the verdict and what it is about. */
export interface Judgement {
  readonly verdict: Verdict;
  /** The digest asked for (an index stays an index). */
  readonly digest: Digest;
  readonly repository: string;
  /**
   * What was found out for the verdict about signatures, of the manifest and, of an index, of its children; absent when
   * no policy asks for any. Empty while it is not known yet.
   */
  readonly signatures?: readonly SignatureResult[];
}

/** Policy documents with the Secrets that they name. */
export interface PolicySet {
  readonly documents: readonly PolicyDocument[];
  readonly secrets: readonly PolicySecret[];
}

/** What each gate judges by: the same where policies are configured, and defaults of its own where none are. */
export interface GatePolicies {
  /** Also what API and console show. */
  readonly registry: PolicySet;
  readonly admission: PolicySet;
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
    /** By whose policies; default `registry`. */
    readonly gate?: keyof GatePolicies;
    /** What signatures come to by then counts; what is not known yet is undecided, and goes on being found out. */
    readonly timeoutMs?: number;
  }): Promise<Judgement>;
  /** The signatures that lie with a stored image, unverified. Throws when they cannot be read. */
  discover(image: {
    readonly reference: string;
    readonly repository: string;
    readonly digest: Digest;
  }): Promise<readonly FoundSignature[]>;
  readonly policies: GatePolicies;
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
