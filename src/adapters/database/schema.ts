// SPDX-License-Identifier: Apache-2.0
import type { ColumnType, Generated } from "kysely";
import type { Severity } from "#base";
import type { Role } from "./account.ts";
import type { RegistryJobState } from "./registry-job.ts";
import type { AdmissionStanding } from "./running-image.ts";
import type { ScanJobState, ScanReason } from "./scan-job.ts";
import type { ManifestRecord, ScanRecord } from "./stores.ts";

/** `timestamptz`: written as a Date or RFC 3339 text, read as a Date. */
type Timestamp = ColumnType<Date, Date | string, Date | string>;
/** `bigint`: read as a number (the pool parses it; no size or id reaches 2^53). */
type BigInteger = ColumnType<number, number, number>;

interface ClusterTable {
  readonly cluster_id: Generated<string>;
  /** An envelope that opens with the right secret key only. */
  readonly key_check: Buffer;
  readonly created_at: Timestamp;
}

interface AccountTable {
  readonly cluster_id: string;
  readonly id: Generated<string>;
  readonly name: string;
  readonly role: Role;
  readonly password_hash: string;
  readonly must_change_password: boolean;
  readonly created_at: Timestamp;
  readonly kind: Generated<"person" | "robot">;
  readonly state: Generated<"active" | "disabled">;
  /** Of the OIDC provider that knows the person; both or neither. */
  readonly issuer: ColumnType<string | null, string | null | undefined, string | null>;
  readonly subject: ColumnType<string | null, string | null | undefined, string | null>;
  /** When that provider last vouched for the person. */
  readonly signed_in_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

/** Roles of an account in the repositories under a prefix. */
interface AccountGrantTable {
  readonly cluster_id: string;
  readonly account_id: string;
  readonly prefix: string;
  readonly role: Role;
}

interface AccessKeyTable {
  readonly cluster_id: string;
  readonly id: Generated<string>;
  readonly account_id: string;
  readonly access_key: string;
  readonly secret_hash: string;
  readonly description: string;
  readonly state: "active" | "disabled";
  readonly created_at: Timestamp;
  readonly rotated_at: Timestamp;
  readonly last_used_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  readonly expires_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

interface SessionTable {
  readonly cluster_id: string;
  readonly token_hash: string;
  readonly account_id: string;
  readonly created_at: Timestamp;
  readonly expires_at: Timestamp;
}

interface RepositoryTable {
  readonly cluster_id: string;
  readonly id: Generated<number>;
  readonly name: string;
  readonly created_at: Timestamp;
}

interface ManifestTable {
  readonly cluster_id: string;
  readonly repository_id: number;
  readonly digest: string;
  readonly media_type: string;
  readonly kind: ManifestRecord["kind"];
  readonly size_bytes: BigInteger;
  readonly artifact_type: string | null;
  readonly subject: string | null;
  readonly platform: string | null;
  readonly pushed_by: string;
  readonly pushed_at: Timestamp;
  readonly pulled_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

interface ManifestReferenceTable {
  readonly cluster_id: string;
  readonly repository_id: number;
  readonly manifest_digest: string;
  readonly position: number;
  readonly digest: string;
  readonly kind: "blob" | "manifest";
  readonly size_bytes: BigInteger;
}

interface TagTable {
  readonly cluster_id: string;
  readonly repository_id: number;
  readonly name: string;
  readonly digest: string;
  readonly pushed_by: string;
  readonly pushed_at: Timestamp;
  readonly pulled_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

interface BlobLinkTable {
  readonly cluster_id: string;
  readonly repository_id: number;
  readonly digest: string;
  readonly size_bytes: BigInteger;
  readonly linked_at: Timestamp;
}

interface ScanTable {
  readonly cluster_id: string;
  readonly digest: string;
  readonly state: ScanRecord["state"];
  readonly attempts: number;
  readonly message: string | null;
  /** zstd of the report's JSON: jsonb could not hold NUL, which package data may contain. */
  readonly report: Buffer | null;
  /** Which advisory database the findings were made with. */
  readonly database_digest: string | null;
  /** The instance number of the process at work (see event-listener.ts), while running. */
  readonly worker: number | null;
  /** Whose image it is: null, ours. */
  readonly origin: "remote" | null;
  readonly lease_until: ColumnType<Date | null, Date | null, Date | null>;
  readonly requested_at: Timestamp;
  /** When the report was made, the last time; `scanned_at` is when the image was read for it. */
  readonly finished_at: ColumnType<Date | null, Date | null, Date | null>;
  readonly scanned_at: ColumnType<Date | null, Date | null, Date | null>;
  /** Of the names and versions of the analyzers; null in reports that are not in the index yet. */
  readonly analyzers: string | null;
  /** The `MATCHING_VERSION` of the program that made the report; null in those of before there was one. */
  readonly matching_version: number | null;
}

interface ScanJobTable {
  readonly cluster_id: string;
  readonly id: Generated<number>;
  readonly digest: string;
  readonly reason: ScanReason;
  readonly requested_by: string | null;
  readonly state: ScanJobState;
  readonly attempts: number;
  readonly message: string | null;
  readonly done_bytes: BigInteger;
  readonly total_bytes: BigInteger;
  readonly requested_at: Timestamp;
  readonly started_at: ColumnType<Date | null, Date | null, Date | null>;
  /** Null while it is open; a digest has one open job. */
  readonly finished_at: ColumnType<Date | null, Date | null, Date | null>;
}

/** Names are cut, see `write-scan-index.ts`. */
interface ScannedPackageTable {
  readonly cluster_id: string;
  readonly digest: string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
}

interface ScannedFindingTable {
  readonly cluster_id: string;
  readonly digest: string;
  /** Id of a vulnerability, or one of its aliases. */
  readonly id: string;
  readonly severity: Severity;
}

/** A name under which advisories are looked up for the image; see `write-scan-index.ts`. */
interface ScannedSubjectTable {
  readonly cluster_id: string;
  readonly digest: string;
  readonly ecosystem: string;
  readonly name: string;
}

interface DecisionTable {
  readonly cluster_id: string;
  readonly id: Generated<number>;
  /** The rows of `decided_image` that this is about: all images of one review. */
  readonly content_id: string;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly request_id: string;
  readonly duration_ms: number;
  readonly decided_at: Timestamp;
}

interface DecidedImageTable {
  readonly cluster_id: string;
  /** Of a hash of all rows that have it. */
  readonly content_id: string;
  /** Among the images of one review, from 0. */
  readonly place: number;
  readonly gate: "registry" | "admission";
  readonly actor: string;
  readonly reference: string;
  readonly digest: string | null;
  readonly outcome: "allow" | "deny" | "undecided";
  /** JSON as text, which may say \u0000 where jsonb may not. */
  readonly reasons: string;
  readonly policy: string | null;
  readonly kind: string | null;
  readonly operation: "CREATE" | "UPDATE" | null;
  readonly webhook: string | null;
  readonly policy_generation: string | null;
  /** JSON as text. */
  readonly exceptions: string | null;
  readonly passed_as: "known" | "owner" | "failure" | null;
}

interface AuditEntryTable {
  readonly cluster_id: string;
  readonly id: Generated<number>;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly request_id: string;
  readonly remote_address: string | null;
  readonly at: Timestamp;
}

interface SecretTable {
  readonly cluster_id: string;
  readonly name: string;
  readonly envelope: Buffer;
  readonly updated_at: Timestamp;
}

interface TrustStateTable {
  readonly cluster_id: string;
  /** SHA-256 of the key. */
  readonly key_digest: string;
  readonly key: string;
  readonly state: Buffer;
  readonly updated_at: Timestamp;
}

interface RunningImageTable {
  readonly cluster_id: string;
  readonly id: Generated<number>;
  /** A hash of namespace, owner, reference and digest. */
  readonly key: string;
  readonly namespace: string;
  readonly owner_api_version: string;
  readonly owner_kind: string;
  readonly owner_name: string;
  readonly owner_uid: string;
  readonly reference: string;
  readonly digest: string | null;
  /** JSON, as are `pods` and `verdict`. */
  readonly containers: string;
  readonly pod_count: number;
  readonly pods: string;
  readonly standing: AdmissionStanding;
  readonly verdict: string | null;
  readonly outcome: "allow" | "deny" | "undecided" | null;
  readonly announced: "allow" | "deny" | null;
  readonly judged_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  readonly changed_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  readonly first_seen_at: Timestamp;
  readonly gone_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

interface GateStartTable {
  readonly cluster_id: string;
  readonly ready_at: Timestamp;
}

/** SHA-256 of what identifies the row, since its parts may be longer than an index entry. */
interface KnownImageTable {
  readonly cluster_id: string;
  readonly key_digest: string;
  /** Of namespace, reference and policies: what is asked for. */
  readonly lookup_digest: string;
  /** Keys of the denials that end it. */
  readonly denied_by_reference: string;
  readonly denied_by_digest: string;
  readonly namespace: string;
  readonly reference: string;
  readonly digest: string;
  readonly policy_generation: string;
  readonly admitted_at: Timestamp;
}

interface DeniedImageTable {
  readonly cluster_id: string;
  readonly key_digest: string;
  readonly denied_at: Timestamp;
}

interface AdmittedOwnerTable {
  readonly cluster_id: string;
  readonly key_digest: string;
  /** Of uid and namespace. */
  readonly owner_digest: string;
  readonly uid: string;
  readonly namespace: string;
  /** JSON as text. */
  readonly images: string;
  readonly used_at: Timestamp;
}

interface RemoteImageTable {
  readonly cluster_id: string;
  readonly digest: string;
  readonly registry: string;
  readonly repository: string;
  readonly media_type: string;
  readonly kind: "image" | "index" | "artifact";
  /** JSON as text, as is `config`. */
  readonly children: string | null;
  readonly config: string | null;
  readonly first_seen_at: Timestamp;
  readonly last_seen_at: Timestamp;
}

/** A document of the registry's settings; `document` is JSON. */
interface RegistryObjectTable {
  readonly cluster_id: string;
  readonly kind: string;
  readonly name: string;
  readonly document: string;
  readonly updated_by: string;
  readonly updated_at: Timestamp;
}

interface RegistryJobTable {
  readonly cluster_id: string;
  readonly id: Generated<number>;
  readonly kind: string;
  readonly state: RegistryJobState;
  readonly target: string;
  /** JSON, as are `position` and `result`. */
  readonly parameters: string;
  readonly position: string | null;
  readonly done: BigInteger;
  readonly total: BigInteger;
  readonly unit: "items" | "bytes";
  readonly message: string | null;
  readonly result: string | null;
  readonly attempts: number;
  readonly requested_by: string;
  readonly decided_by: string | null;
  /** Somebody wants it to end. */
  readonly is_cancelled: boolean;
  /** The instance number of the process at work (see event-listener.ts), while running. */
  readonly worker: number | null;
  readonly not_before: Timestamp;
  readonly requested_at: Timestamp;
  readonly started_at: ColumnType<Date | null, Date | null, Date | null>;
  readonly finished_at: ColumnType<Date | null, Date | null, Date | null>;
}

/** When work that is done at certain times was made a job the last time. */
interface RegistryScheduleTable {
  readonly cluster_id: string;
  readonly name: string;
  readonly expression: string;
  readonly fired_at: Timestamp;
}

interface WebhookDeliveryTable {
  readonly cluster_id: string;
  readonly id: Generated<number>;
  readonly webhook: string;
  readonly event_id: string;
  readonly event_type: string;
  /** The body as it is sent. */
  readonly payload: string;
  readonly state: "pending" | "delivered" | "failed";
  readonly attempts: number;
  readonly next_attempt_at: Timestamp;
  /** Of the last answer. */
  readonly status: number | null;
  readonly message: string | null;
  readonly created_at: Timestamp;
  readonly finished_at: ColumnType<Date | null, Date | null, Date | null>;
}

/** Up to where what happened was made into deliveries; one row. */
interface WebhookCursorTable {
  readonly cluster_id: string;
  readonly audit_id: BigInteger;
  readonly decision_id: BigInteger;
  readonly seen_at: Timestamp;
}

/** What somebody else's scanner says of an image; `report` is zstd of JSON. */
interface ForeignReportTable {
  readonly cluster_id: string;
  readonly digest: string;
  readonly scanner: string;
  readonly report: Buffer;
  readonly fetched_at: Timestamp;
}

interface DamagedBlobTable {
  readonly cluster_id: string;
  readonly digest: string;
  readonly condition: "damaged" | "missing";
  readonly found_at: Timestamp;
}

/** The tables after the last migration. */
export interface Schema {
  readonly cluster: ClusterTable;
  readonly account: AccountTable;
  readonly account_grant: AccountGrantTable;
  readonly access_key: AccessKeyTable;
  readonly session: SessionTable;
  readonly repository: RepositoryTable;
  readonly manifest: ManifestTable;
  readonly manifest_reference: ManifestReferenceTable;
  readonly tag: TagTable;
  readonly blob_link: BlobLinkTable;
  readonly scan: ScanTable;
  readonly scan_job: ScanJobTable;
  readonly scanned_package: ScannedPackageTable;
  readonly scanned_finding: ScannedFindingTable;
  readonly scanned_subject: ScannedSubjectTable;
  readonly decision: DecisionTable;
  readonly decided_image: DecidedImageTable;
  readonly audit_entry: AuditEntryTable;
  readonly secret: SecretTable;
  readonly trust_state: TrustStateTable;
  readonly remote_image: RemoteImageTable;
  readonly known_image: KnownImageTable;
  readonly denied_image: DeniedImageTable;
  readonly admitted_owner: AdmittedOwnerTable;
  readonly running_image: RunningImageTable;
  readonly gate_start: GateStartTable;
  readonly registry_object: RegistryObjectTable;
  readonly registry_job: RegistryJobTable;
  readonly registry_schedule: RegistryScheduleTable;
  readonly webhook_delivery: WebhookDeliveryTable;
  readonly webhook_cursor: WebhookCursorTable;
  readonly foreign_report: ForeignReportTable;
  readonly damaged_blob: DamagedBlobTable;
}
