// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ScanReport } from "#findings";
import type { Inventory } from "#packages";
import type { Reason, Verdict } from "#policy";
import type { TrustStateStore } from "#signatures";

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
  /** RFC 3339. */
  readonly requestedAt: string;
  readonly finishedAt?: string;
}

export interface ScanStore {
  find(digest: Digest): Promise<ScanRecord | undefined>;
  findMany(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, ScanRecord>>;
  /** Sets the scan to pending (again) unless it is running. An earlier report stays, with the time it was finished. */
  request(digest: Digest): Promise<void>;
  /** Digests of scans that are pending, or running with nobody at work (after a crash). */
  listUnfinished(): Promise<readonly Digest[]>;
  /** Digests of finished scans whose findings were made with another database. */
  listMadeWithOtherDatabase(databaseDigest: string, limit: number): Promise<readonly Digest[]>;
  markRunning(digest: Digest): Promise<void>;
  /** Stores the report (with its inventory) and tells the event bus. */
  finish(
    digest: Digest,
    result:
      | { readonly state: "done"; readonly report: ScanReport }
      | { readonly state: "failed" | "unsupported"; readonly message: string },
  ): Promise<void>;
  findInventory(digest: Digest): Promise<Inventory | undefined>;
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
  readonly requestId: string;
  readonly durationMs: number;
  /** RFC 3339. */
  readonly decidedAt: string;
}

export interface DecisionStore {
  /** Never blocks the gate: records are written in batches, and the number lost to a full queue is counted in a metric. */
  record(decision: DecisionRecord): void;
  list(page: { readonly limit: number; readonly reference?: string }): Promise<readonly DecisionRecord[]>;
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
  | { readonly type: "scan-changed"; readonly digest: Digest; readonly state: ScanRecord["state"] };

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
  readonly decisions: DecisionStore;
  readonly audit: AuditStore;
  readonly secrets: SecretStore;
  /** What was seen of TUF repositories; keys of any length. */
  readonly trustStates: TrustStateStore;
  readonly events: EventBus;
  /** Throws when the database does not answer within the time. */
  ping(timeoutMs: number): Promise<void>;
}
