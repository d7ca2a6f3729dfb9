// SPDX-License-Identifier: Apache-2.0

import type { AdvisoryDatabaseInfo } from "#advisories";
import type { Clock, Digest } from "#base";
import type { BlobStore } from "#blob-store";
import type { Configuration } from "#configuration";
import type { Database } from "#database";
import type { KubeClient } from "#kube";
import type { IndexRule, PolicySet, Verdict } from "#policy";
import type { FoundSignature, SignatureResult } from "#signatures";
import type { Telemetry } from "#telemetry";
import type { ClusterComponents } from "./cluster/cluster-components.ts";
import type { HarborScanning } from "./harbor-scanner/harbor-scanning.ts";
import type { RemoteImages } from "./images/remote-images.ts";
import type { PullAccess } from "./pull-access.ts";
import type { StoredContent } from "./registry/content/stored-content.ts";
import type { ProxyCache } from "./registry/proxy-cache/proxy-cache.ts";
import type { RegistrySettings } from "./registry/settings/registry-settings.ts";
import type { DamageReport } from "./registry/storage/damage-record.ts";

export type { PullAccess } from "./pull-access.ts";

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

/** What each gate judges by: the same where policies are configured, and defaults of its own where none are. */
export interface GatePolicies {
  /** Also what API and console show. */
  readonly registry: PolicySet;
  readonly admission: PolicySet;
}

/** The policies in force: of files, or of a cluster that is watched. */
export interface PolicySource {
  /** The same object until anything changes. */
  current(): GatePolicies;
  /** Calls back after each change, until the returned function is called. */
  subscribe(onChange: () => void): () => void;
  /** False until all policies were read once; a gate is not ready before. What was read last stays when the API server goes away. */
  readonly isReady: boolean;
}

/** Where an image of another registry lies, and how it may be read. */
export interface RemotePlace {
  /** e.g. `docker.io`, `registry.example:5000`. */
  readonly registry: string;
  /** Absent: nothing is contacted, and only what is stored about the digest counts (reports, replays). */
  readonly access?: PullAccess;
}

/** The one way by which registry, admission and console come to a verdict. Cached by digest, reference, namespace, policies and database. */
export interface Judge {
  /**
   * Judges an image of our registry, or with `remote` one of another registry. `reference` is what the asker wrote (it
   * selects the policy entry), `repository` and `digest` say which manifest is meant. Never throws for an image that is
   * unknown, unscanned or out of reach: that is `undecided`. A verdict that is kept comes at once, without a promise.
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
    /** What the image runs in, for exceptions that name workloads. */
    readonly workload?: { readonly kind: string; readonly name: string };
    /** For an image of another registry. */
    readonly remote?: RemotePlace;
  }): Judgement | Promise<Judgement>;
  /** The signatures that lie with a stored image, unverified. Throws when they cannot be read. */
  discover(image: {
    readonly reference: string;
    readonly repository: string;
    readonly digest: Digest;
  }): Promise<readonly FoundSignature[]>;
  readonly policies: PolicySource;
  readonly advisories: AdvisoryDatabaseInfo;
  /** Images of other registries; absent where none are judged. */
  readonly images?: RemoteImages;
  /** Waits until the scans of the digest (or of its children) are finished, at most `timeoutMs`. Throws the reason of a signal that ends it. */
  waitForScan(digest: Digest, timeoutMs: number, signal?: AbortSignal): Promise<void>;
}

/** What this process knows of its Kubernetes cluster. Everything is read from watches and answers at once, unless it returns a promise. */
export interface ClusterView {
  readonly client: KubeClient;
  /** Haechi's own namespace. */
  readonly systemNamespace: string;
  /** Absent: not known (yet). */
  namespace(name: string): { readonly name: string; readonly labels: Readonly<Record<string, string>> } | undefined;
  /** e.g. `linux/amd64`, each once; empty while no node is known. */
  readonly nodePlatforms: readonly string[];
  /**
   * Contents of the docker configurations of pull secrets: those that a Pod names, else those of its service account.
   * Remembered for a short time. What is missing or may not be read is left out, as the kubelet does.
   */
  pullSecrets(pod: PullSecretQuestion, signal?: AbortSignal): Promise<readonly string[]>;
  /** After a registry refused what they say. */
  forgetPullSecrets(pod: PullSecretQuestion): void;
}

/** Whose pull secrets. Only the Pod's own namespace is looked into, whatever the names say. */
export interface PullSecretQuestion {
  readonly namespace: string;
  /** Of `spec.imagePullSecrets`. */
  readonly names: readonly string[];
  /** Empty: `default`. */
  readonly serviceAccount: string;
}

/** What the cluster's side of this process is like, for health and metrics. */
export interface ClusterHealth {
  /** `starting`: not everything was read yet. `stale`: the API server is away, and what was read last is in force. */
  readonly state: "starting" | "synced" | "stale";
  /** The oldest one among the watches that lost contact, else among all; absent before the first. */
  readonly lastContactAt?: Date;
  /** e.g. `imagepolicies.haechi.dev`: what is not in contact. */
  readonly troubled: readonly string[];
}

/** What the roles of the server share; built once in `start-server.ts`, passed as an argument. */
export interface ServerContext {
  readonly configuration: Configuration;
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly judge: Judge;
  /** What is set for the repositories of our registry, whatever roles this process has. */
  readonly settings: RegistrySettings;
  /** What the registry of this process holds, for whoever changes it besides pushes (jobs, API); absent without the role `registry`. */
  readonly content?: StoredContent;
  /** The caches of other registries; absent without the role `registry`. */
  readonly proxyCache?: ProxyCache;
  /** Scans for other registries; absent where none may ask. */
  readonly harborScans?: HarborScanning;
  /** Where stored content turns out not to be what its digest says; absent where none is stored. */
  readonly reportDamage?: DamageReport;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** Absent without a cluster. */
  readonly cluster?: ClusterView;
  /** Absent without a cluster. */
  readonly clusterHealth?: () => ClusterHealth;
  /** Absent without a cluster. */
  readonly clusterComponents?: ClusterComponents;
  /** Aborted when the server is told to stop; it goes on serving for `shutdown.delay`, and says that it is not ready. */
  readonly leaving?: AbortSignal;
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
