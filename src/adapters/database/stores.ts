// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ScanReport } from "#findings";
import type { Inventory } from "#packages";
import type { Reason, UsedException, Verdict } from "#policy";
import type { TrustStateStore } from "#signatures";
import type { RemoteImageStore } from "./remote-image.ts";
import type { WorkloadStore } from "./running-image.ts";
import type { ScanIndexStore } from "./scan-index.ts";
import type { ScanJobStore, ScanRequestOptions } from "./scan-job.ts";

/** The NHN roles: all; read and push; switch the service on and off; read. */
export type Role = "ADMIN" | "IMAGE_UPLOADER" | "PERMISSION" | "VIEWER";

/** A person or robot who may log in. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly mustChangePassword: boolean;
}

export interface AccountStore {
  /** Creates the first administrator if there is no account yet; returns whether it did. Atomic among processes. */
  createFirst(name: string, passwordHash: string): Promise<boolean>;
  create(account: { readonly name: string; readonly passwordHash: string; readonly role: Role }): Promise<Account>;
  findByName(name: string): Promise<(Account & { readonly passwordHash: string }) | undefined>;
  /** `mustChange`: somebody else set it (a reset), so the console asks for a new one; default false. Ends all sessions of the account. */
  setPassword(accountId: string, passwordHash: string, options?: { readonly mustChange: boolean }): Promise<void>;
  /** Sessions are stored by the SHA-256 of their token. Setting a password ends the account's other sessions. */
  createSession(accountId: string, tokenHash: string, expiresAt: Date): Promise<void>;
  findSession(tokenHash: string, now: Date): Promise<Account | undefined>;
  endSession(tokenHash: string): Promise<void>;
}

/** A manifest that was pushed, as the database knows it; its bytes are in the blob store under its digest. */
export interface ManifestRecord {
  readonly repository: string;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly kind: "image" | "index" | "artifact";
  readonly sizeBytes: number;
  readonly artifactType?: string;
  readonly subject?: Digest;
  readonly platform?: string;
  /** Digests this manifest needs: config and layers (`blob`) or child manifests (`manifest`). */
  readonly references: readonly {
    readonly digest: Digest;
    readonly kind: "blob" | "manifest";
    readonly sizeBytes: number;
  }[];
  readonly pushedBy: string;
  /** RFC 3339. */
  readonly pushedAt: string;
}

export interface RegistryStore {
  /**
   * Acknowledges a push in one transaction: the repository if new, the manifest, its references, the tag when given,
   * and a pending scan for an image of `kind: "image"` that has no scan yet, or one that failed. Returns whether the tag moved and whether
   * a scan became pending. Idempotent. Two pushes of one tag at once are serialised; the later commit wins.
   */
  putManifest(record: ManifestRecord, tag: string | undefined): Promise<{ readonly isNewScan: boolean }>;
  /** By digest, or by tag. */
  findManifest(
    repository: string,
    reference: { readonly digest: Digest } | { readonly tag: string },
  ): Promise<ManifestRecord | undefined>;
  /** The manifests of the repository that reference the digest (as blob or child). */
  findReferencing(repository: string, digest: Digest): Promise<readonly ManifestRecord[]>;
  findReferrers(repository: string, subject: Digest): Promise<readonly ManifestRecord[]>;
  /** Tag names in ASCII order after `last`, at most `limit`. */
  listTags(repository: string, page: { readonly last?: string; readonly limit: number }): Promise<readonly string[]>;
  listRepositories(page: { readonly last?: string; readonly limit: number }): Promise<readonly string[]>;
  hasRepository(repository: string): Promise<boolean>;
  /** A repository that has the content as a manifest or blob; absent where none has. */
  findHolder(digest: Digest): Promise<{ readonly repository: string; readonly kind: "manifest" | "blob" } | undefined>;
  /** A blob is readable in a repository once it was uploaded or mounted there. */
  linkBlob(repository: string, blob: { readonly digest: Digest; readonly sizeBytes: number }): Promise<void>;
  findBlobLink(repository: string, digest: Digest): Promise<{ readonly sizeBytes: number } | undefined>;
  /** Tags with their manifests, newest push first, for the console. */
  listImages(page: { readonly repository?: string; readonly limit: number; readonly offset: number }): Promise<{
    readonly total: number;
    readonly images: readonly {
      readonly repository: string;
      readonly tag: string;
      readonly digest: Digest;
      readonly pushedAt: string;
      readonly pushedBy: string;
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
  /** RFC 3339. */
  readonly requestedAt: string;
  /** When the report was made, the last time: of the stored inventory too, with a newer advisory database. */
  readonly finishedAt?: string;
  /** When the image itself was read. */
  readonly scannedAt?: string;
}

export interface ScanStore {
  find(digest: Digest): Promise<ScanRecord | undefined>;
  findMany(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, ScanRecord>>;
  /** Sets the scan to pending (again) unless it is running. An earlier report stays, with the time it was finished. */
  request(digest: Digest, options?: ScanRequestOptions): Promise<void>;
  /** Digests of scans of our own images that are pending, or running with nobody at work (after a crash). */
  listUnfinished(): Promise<readonly Digest[]>;
  /** Digests of finished scans whose findings were made with another database, or are not in the index yet. */
  listMadeWithOtherDatabase(databaseDigest: string, limit: number): Promise<readonly Digest[]>;
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
  | { readonly type: "statements-changed" };

export interface EventBus {
  publish(event: ServerEvent): Promise<void>;
  /** Calls back for each event of any process until the returned function is called. After a lost connection, `onGap` says that events may have been missed. */
  subscribe(onEvent: (event: ServerEvent) => void, onGap?: () => void): () => void;
}

/** The open database. */
export interface Database extends AsyncDisposable {
  /** Every stored record carries it. */
  readonly clusterId: string;
  /** A connection string for libraries that bring their own tables (pg-boss, schema `pgboss`). */
  readonly connectionString: string;
  readonly accounts: AccountStore;
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
  readonly events: EventBus;
  /** Throws when the database does not answer within the time. */
  ping(timeoutMs: number): Promise<void>;
}
