// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { AdvisorySubject, ScanReport } from "#findings";
import type { Inventory } from "#packages";
import type { Reason, UsedException, Verdict } from "#policy";
import type { TrustStateStore } from "#signatures";
import type { AccessKeyStore } from "./access-key.ts";
import type { AccountStore } from "./account.ts";
import type { DamagedBlobStore } from "./damaged-blob.ts";
import type { ForeignReportStore } from "./foreign-report.ts";
import type { HappeningStore } from "./happening.ts";
import type { ManifestRecord } from "./manifest-record.ts";
import type { RegistryJobState, RegistryJobStore } from "./registry-job.ts";
import type { RegistryObjectKind, RegistryObjectStore } from "./registry-object.ts";
import type { RegistryRetentionStore } from "./registry-retention.ts";
import type { RegistryStorageStore } from "./registry-storage.ts";
import type { RemoteImageStore } from "./remote-image.ts";
import type { WorkloadStore } from "./running-image.ts";
import type { ScanIndexStore } from "./scan-index.ts";
import type { ScanJobStore, ScanRequestOptions } from "./scan-job.ts";
import type { WebhookDeliveryStore } from "./webhook-delivery.ts";

export type { ManifestRecord } from "./manifest-record.ts";

/** A manifest as it is listed beside its subject. Without its references, of which a list can have millions. */
export type ReferrerRecord = Omit<ManifestRecord, "references">;

/** What became of content that was to be deleted; `needed` by that manifest, or `tagged` where no tag may lead to it, it stays. */
export type ContentRemoval =
  | { readonly state: "deleted" | "unknown" }
  | { readonly state: "needed"; readonly by: Digest }
  | { readonly state: "tagged"; readonly tags: readonly string[] };

export interface RegistryStore extends RegistryStorageStore, RegistryRetentionStore {
  /**
   * Acknowledges a push in one transaction: the repository if new, the manifest, its references, the tag when given,
   * and a pending scan for an image of `kind: "image"` that has no scan yet, or one that failed. Returns whether the tag moved and whether
   * a scan became pending. Idempotent. Two pushes of one tag at once are serialised; the later commit wins.
   * With `needs` what the manifest references (`blobs`: only those) must be in the repository, and stays there: `missing` is what is not,
   * and then nothing was stored. Without `withScan` (default true) no scan is asked for. With `ifTag` the tag moves only from there (or leads to the
   * manifest already): `taken` is what it leads to instead, and then nothing was stored, whoever moved it in whatever process.
   */
  putManifest(
    record: ManifestRecord,
    tag: string | undefined,
    options?: {
      readonly needs?: "everything" | "blobs";
      readonly withScan?: boolean;
      /** `undefined`: there is no such tag. */
      readonly ifTag?: { readonly from: Digest | undefined };
      /** Sees to it that the bytes are there; from then on no process removes them. */
      readonly whileKept?: () => Promise<void>;
    },
  ): Promise<{ readonly isNewScan: boolean; readonly missing?: Digest; readonly taken?: Digest }>;
  /** By digest, or by tag. */
  findManifest(
    repository: string,
    reference: { readonly digest: Digest } | { readonly tag: string },
  ): Promise<ManifestRecord | undefined>;
  /** The manifests of the repository that reference the digest (as blob or child), oldest push first: a base layer has thousands. */
  findReferencing(repository: string, digest: Digest): Promise<readonly Pick<ManifestRecord, "digest" | "kind">[]>;
  /** What has the digest as its subject: the oldest push first, or with `page` in the order of digests. */
  findReferrers(
    repository: string,
    subject: Digest,
    page?: { readonly after: string; readonly artifactType?: string; readonly limit: number },
  ): Promise<readonly ReferrerRecord[]>;
  /**
   * A blob that the manifest names and that no repository has beside it; absent when one has everything. Layers that may lie elsewhere
   * can be named by whoever knows their digest.
   */
  findUnlinked(digest: Digest): Promise<Digest | undefined>;
  /** Tag names in ASCII order after `last`, at most `limit`. */
  listTags(repository: string, page: { readonly last?: string; readonly limit: number }): Promise<readonly string[]>;
  listRepositories(page: { readonly last?: string; readonly limit: number }): Promise<readonly string[]>;
  hasRepository(repository: string): Promise<boolean>;
  /** A repository that has the content as a manifest or blob; absent where none has. */
  findHolder(digest: Digest): Promise<{ readonly repository: string; readonly kind: "manifest" | "blob" } | undefined>;
  /**
   * A blob is readable in a repository once it was uploaded or mounted there. Linked again, it is as new. `whileKept` says whether the bytes are
   * there, and no process removes them from then on; false: nothing was linked.
   */
  linkBlob(
    repository: string,
    blob: { readonly digest: Digest; readonly sizeBytes: number },
    whileKept?: () => Promise<boolean>,
  ): Promise<boolean>;
  findBlobLink(repository: string, digest: Digest): Promise<{ readonly sizeBytes: number } | undefined>;
  /** Repositories that have the blob, in ASCII order. */
  listBlobRepositories(digest: Digest, limit: number): Promise<readonly string[]>;
  /** The tags that lead to the manifest, in ASCII order. */
  listTagsOf(repository: string, digest: Digest): Promise<readonly string[]>;
  /** What the tag led to; `undefined`: there was none, or with `only` none that leads there and was pushed then (any time when absent). */
  deleteTag(
    repository: string,
    tag: string,
    only?: { readonly digest: Digest; readonly pushedAt?: Date },
  ): Promise<Digest | undefined>;
  /** With its tags (`isUntagged`: only while it has none) and references, in one transaction, unless an index of the repository needs it. */
  deleteManifest(
    repository: string,
    digest: Digest,
    options?: { readonly isUntagged?: boolean },
  ): Promise<ContentRemoval>;
  /** Takes the blob out of the repository, unless a manifest of it needs the blob. Its bytes stay where they are. */
  unlinkBlob(repository: string, digest: Digest): Promise<ContentRemoval>;
  /** Tags with their manifests, newest push first, for the console. */
  listImages(page: {
    readonly repository?: string;
    /** Only of repositories that the longest of these prefixes calls readable; absent: of all. */
    readonly readable?: readonly { readonly prefix: string; readonly isReadable: boolean }[];
    readonly limit: number;
    readonly offset: number;
  }): Promise<{
    readonly total: number;
    readonly images: readonly {
      readonly repository: string;
      readonly tag: string;
      readonly digest: Digest;
      readonly pushedAt: string;
      readonly pushedBy: string;
      /** RFC 3339; absent: never, or not since that is noted. */
      readonly pulledAt?: string;
      readonly sizeBytes: number;
      readonly kind: ManifestRecord["kind"];
    }[];
  }>;
}

/** The scan of one image manifest (digest): one per cluster, whatever repositories hold it. */
export interface ScanRecord {
  readonly digest: Digest;
  readonly state: "pending" | "running" | "done" | "failed" | "unsupported";
  readonly attempts: number;
  /** For people, when failed; the media type when unsupported. */
  readonly message?: string;
  readonly report?: ScanReport;
  /** The image is one of another registry: whoever may read it scans it, not the scanner of our own. */
  readonly isRemote?: true;
  /** The newest advisory database that the findings are known to be those of: that of the report, or a later one that changed nothing. */
  readonly databaseDigest?: string;
  /** RFC 3339. */
  readonly requestedAt: string;
  /** When the report was made, the last time: of the stored inventory too, with a newer advisory database. */
  readonly finishedAt?: string;
  /** When the image itself was read. */
  readonly scannedAt?: string;
}

/** What a newer advisory database says differently than the one before. */
export interface ReportChange {
  readonly from: string;
  readonly to: string;
  readonly subjects: readonly AdvisorySubject[];
  /** Exploitation or severity of these CVEs. */
  readonly cves: readonly string[] | "all";
}

export interface ScanStore {
  find(digest: Digest): Promise<ScanRecord | undefined>;
  findMany(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, ScanRecord>>;
  /** Sets the scan to pending (again) unless it is running. An earlier report stays, with the time it was finished. */
  request(digest: Digest, options?: ScanRequestOptions): Promise<void>;
  /** Digests of scans of our own images that are pending, or running with nobody at work (after a crash). */
  listUnfinished(): Promise<readonly Digest[]>;
  /** Digests of finished scans whose findings were made with another database or another `MATCHING_VERSION`, or are not in the index yet. */
  listMadeWithOtherDatabase(databaseDigest: string, limit: number): Promise<readonly Digest[]>;
  /**
   * Notes of the reports made with database `from` and this `MATCHING_VERSION` that they are those of `to`, too, but for images that have
   * a package of `subjects` or a finding of `cves`, also one that a vendor cleared, or are scanned at the moment; those stay to be made
   * again. Nothing of the reports is touched. Returns how many were noted.
   */
  confirmReports(change: ReportChange): Promise<number>;
  /** Digests of finished scans of images of our registry that other analyzers read; see `analyzerFingerprint`. */
  listMadeWithOtherAnalyzers(fingerprint: string, limit: number): Promise<readonly Digest[]>;
  markRunning(digest: Digest): Promise<void>;
  /** Stores the report (with its inventory) and tells the event bus. */
  finish(
    digest: Digest,
    result:
      | { readonly state: "done"; readonly report: ScanReport }
      | { readonly state: "failed" | "unsupported"; readonly message: string },
  ): Promise<void>;
  /**
   * Puts a report that was made of the same inventory in the place of the one that `record` had, and tells the event bus.
   * False when there is another one by now. A scan that is pending or running stays so.
   */
  replaceReport(record: Pick<ScanRecord, "digest" | "finishedAt">, report: ScanReport): Promise<boolean>;
  findInventory(digest: Digest): Promise<Inventory | undefined>;
  /** Runs the work unless another process is at it (under the same name); says whether it ran. */
  withExclusive(name: "rematch", work: () => Promise<void>): Promise<boolean>;
}

/** One decision of a gate. */
export interface DecisionRecord {
  readonly gate: "registry" | "admission";
  /** Account or Kubernetes user. */
  readonly actor: string;
  readonly reference: string;
  readonly digest?: Digest;
  readonly namespace?: string;
  readonly outcome: Verdict["outcome"];
  readonly reasons: readonly Reason[];
  readonly policy?: Verdict["policy"];
  /** Of admission: the workload that the image was for. The name may be empty while the API server has not made it up. */
  readonly kind?: string;
  readonly name?: string;
  readonly operation?: "CREATE" | "UPDATE";
  /** Which webhook decided, e.g. `admit`, `validate`, `admit/trust`. */
  readonly webhook?: string;
  /** Names the policies that counted in its namespace (`NamespaceShare.generation`). */
  readonly policyGeneration?: string;
  /** Exceptions that made a difference. */
  readonly exceptions?: readonly UsedException[];
  /** Why an image passed that the verdict alone would have held back. */
  readonly passedAs?: "known" | "owner" | "failure";
  readonly requestId: string;
  readonly durationMs: number;
  /** RFC 3339. */
  readonly decidedAt: string;
}

/** Which decisions are asked for, newest first; all that is given must fit. */
export interface DecisionQuery {
  readonly limit: number;
  /** Only those older than this one: {@link ListedDecision.id} of the last one of the page before. */
  readonly before?: number;
  readonly reference?: string;
  readonly namespace?: string;
  readonly outcome?: DecisionRecord["outcome"];
  readonly actor?: string;
  readonly digest?: string;
  /** RFC 3339. */
  readonly since?: string;
  /** Occurs, in any case, in the reference, the workload's name, the namespace, the actor or the reasons. */
  readonly text?: string;
}

/** A stored decision and its place in the list. */
export interface ListedDecision extends DecisionRecord {
  readonly id: number;
}

export interface DecisionStore {
  /** Never blocks the gate: records are written in batches, and the number lost to a full queue is counted in a metric. */
  record(decision: DecisionRecord): void;
  list(query: DecisionQuery): Promise<readonly ListedDecision[]>;
  flush(): Promise<void>;
}

/** An image that admission let run by an enforced allow, for `admission.failure: allowIfKnown`. */
export interface KnownImage {
  readonly namespace: string;
  /** As written. */
  readonly reference: string;
  readonly digest: Digest;
  readonly policyGeneration: string;
  /** RFC 3339. */
  readonly admittedAt: string;
}

/** An owner of Pods (or a workload itself) whose images were all allowed. */
export interface AdmittedOwner {
  readonly uid: string;
  readonly namespace: string;
  /** In the order of their places, each place once. The digest is absent where the policy asked for nothing. */
  readonly images: readonly { readonly place: string; readonly reference: string; readonly digest?: Digest }[];
  /** RFC 3339: when it was admitted or used last. */
  readonly usedAt: string;
}

/** What admission remembers for bad times. Records are written in batches and never block a review; look-ups read the database, so that they know what other replicas wrote. */
export interface AdmissionRecordStore {
  recordKnown(image: KnownImage): void;
  /** Ends what is known of the reference and of the digest in the namespace, whatever order the records arrive in. */
  recordDenied(image: {
    readonly namespace: string;
    readonly reference: string;
    readonly digest?: Digest;
    readonly deniedAt: string;
  }): void;
  recordOwner(owner: AdmittedOwner): void;
  /** The digest that was admitted last under these policies, within 24 hours, and neither it nor the reference denied since. */
  findKnown(asked: {
    readonly namespace: string;
    readonly reference: string;
    readonly policyGeneration: string;
  }): Promise<Digest | undefined>;
  /** What was admitted for the uid in the namespace and used within 30 days, newest first, at most 20. */
  findOwners(asked: { readonly uid: string; readonly namespace: string }): Promise<readonly AdmittedOwner[]>;
  flush(): Promise<void>;
}

/** One entry of the audit log: who did what to what. */
export interface AuditEntry {
  readonly actor: string;
  /** e.g. `login`, `login-failed`, `password-changed`, `manifest-pushed`, `refused-manifest-inspected`. */
  readonly action: string;
  readonly target: string;
  readonly requestId: string;
  readonly remoteAddress?: string;
  readonly at: string;
}

export interface AuditStore {
  append(entry: AuditEntry): Promise<void>;
  list(page: { readonly limit: number }): Promise<readonly AuditEntry[]>;
}

/** Secrets at rest, encrypted with the key of `HAECHI_SECRET_KEY_FILE` (AES-256-GCM, the name as associated data). */
export interface SecretStore {
  get(name: string): Promise<Uint8Array | undefined>;
  set(name: string, value: Uint8Array): Promise<void>;
  /** Names of secrets that begin so, in ASCII order. */
  list(prefix: string): Promise<readonly string[]>;
  /** The stored secret, or the one made and stored now; atomic among processes. */
  getOrCreate(name: string, create: () => Promise<Uint8Array>): Promise<Uint8Array>;
  /** Re-encrypts every secret with a new key. */
  rotate(newKey: Uint8Array): Promise<void>;
}

/** What happened, for the console's live view and for caches; carried by PostgreSQL NOTIFY among processes. */
export type ServerEvent =
  | {
      readonly type: "image-pushed";
      readonly repository: string;
      readonly tag?: string;
      readonly digest: Digest;
      /** What the manifest is attached to: by its `subject`, or by a tag such as `sha256-<hex>.sig`. */
      readonly subject?: Digest;
    }
  | { readonly type: "scan-changed"; readonly digest: Digest; readonly state: ScanRecord["state"] }
  /** The statements that clear findings are others now, which may concern every image. */
  | { readonly type: "statements-changed" }
  /** A manifest or a tag is gone; with `tag` and the digest it led to, only the tag is. */
  | {
      readonly type: "image-deleted";
      readonly repository: string;
      readonly tag?: string;
      readonly digest: Digest;
      /** What it was attached to, as in `image-pushed`. */
      readonly subject?: Digest;
    }
  /** Stored bytes do not have their digest any more, or are gone; whoever pushes them again repairs that. */
  | { readonly type: "blob-damaged"; readonly digest: Digest }
  /** What was damaged or missing is stored anew, was checked well, or nobody needs it any more. */
  | { readonly type: "blob-whole"; readonly digest: Digest }
  /** A collection took blobs out of repositories that no manifest there names. */
  | { readonly type: "links-dropped" }
  /** A document of the registry's settings changed or is gone. */
  | { readonly type: "registry-changed"; readonly kind: RegistryObjectKind; readonly name: string }
  | { readonly type: "job-changed"; readonly id: number; readonly state: RegistryJobState }
  /** An account, its roles or its keys changed: nobody may go on by what was remembered of it. */
  | { readonly type: "account-changed"; readonly accountId: string };

export interface EventBus {
  publish(event: ServerEvent): Promise<void>;
  /** Calls back for each event of any process until the returned function is called. After a lost connection, `onGap` says that events may have been missed. */
  subscribe(onEvent: (event: ServerEvent) => void, onGap?: () => void): () => void;
}

/** Who uses the database at the moment. */
export interface Processes {
  /** The number of this process, other than that of any before it. */
  readonly own: number;
  /** Whether the process of that number is connected: it ended, was killed, or lost the database otherwise. */
  isAlive(process: number): Promise<boolean>;
}

/** The open database. */
export interface Database extends AsyncDisposable {
  /** Every stored record carries it. */
  readonly clusterId: string;
  /** A connection string for libraries that bring their own tables (pg-boss, schema `pgboss`). */
  readonly connectionString: string;
  readonly accounts: AccountStore;
  readonly accessKeys: AccessKeyStore;
  readonly registry: RegistryStore;
  readonly scans: ScanStore;
  readonly scanJobs: ScanJobStore;
  readonly scanIndex: ScanIndexStore;
  readonly decisions: DecisionStore;
  readonly admissions: AdmissionRecordStore;
  readonly audit: AuditStore;
  readonly secrets: SecretStore;
  /** What was seen of TUF repositories; keys of any length. */
  readonly trustStates: TrustStateStore;
  readonly workloads: WorkloadStore;
  readonly remoteImages: RemoteImageStore;
  readonly registryObjects: RegistryObjectStore;
  readonly registryJobs: RegistryJobStore;
  readonly webhookDeliveries: WebhookDeliveryStore;
  readonly happenings: HappeningStore;
  readonly foreignReports: ForeignReportStore;
  readonly damagedBlobs: DamagedBlobStore;
  readonly events: EventBus;
  /** The processes that use the database. */
  readonly processes: Processes;
  /** Throws when the database does not answer within the time. */
  ping(timeoutMs: number): Promise<void>;
  /**
   * Writes all rows, of one instant, to a new folder that `restoreDatabase` reads. Secrets stay encrypted. Durable when it resolves.
   * Throws `BACKUP_FAILED`.
   */
  dump(folder: string): Promise<{ readonly schemaVersion: string; readonly createdAt: string }>;
}
