// SPDX-License-Identifier: Apache-2.0

export type { AccessKeyRecord, AccessKeyStore, NewAccessKey, UsableAccessKey } from "./access-key.ts";
export type {
  Account,
  AccountGrant,
  AccountIdentity,
  AccountStore,
  ListedAccount,
  NewAccount,
  Role,
} from "./account.ts";
export { analyzerFingerprint } from "./analyzer-fingerprint.ts";
export type { DamagedBlob, DamagedBlobStore } from "./damaged-blob.ts";
export type { DatabaseLog } from "./database-log.ts";
export { readDumpedContent } from "./dump-database.ts";
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "./embedded/start-embedded-postgres.ts";
export { DatabaseError, type DatabaseErrorCode } from "./errors.ts";
export { generateFirstPassword } from "./first-password.ts";
export type { ForeignReport, ForeignReportStore } from "./foreign-report.ts";
export type { Happening, HappeningCursor, HappeningPage, HappeningStore } from "./happening.ts";
export { type OpenDatabaseOptions, openDatabase } from "./open-database.ts";
export { hashPassword, type PasswordCheck, verifyPassword } from "./password.ts";
export type {
  DueSchedule,
  NewRegistryJob,
  RegistryJobKind,
  RegistryJobMessage,
  RegistryJobMessageValue,
  RegistryJobQuery,
  RegistryJobRecord,
  RegistryJobState,
  RegistryJobStore,
} from "./registry-job.ts";
export type { RegistryObject, RegistryObjectKind, RegistryObjectStore } from "./registry-object.ts";
export type { RegistryRetentionStore, TagUse } from "./registry-retention.ts";
export type {
  ContentHolder,
  DroppedLink,
  LinkCursor,
  ManifestUse,
  PullNote,
  RegistryStorageStore,
  RepositoryUsage,
  StorageTotals,
  TagRecord,
} from "./registry-storage.ts";
export type { RemoteImageRecord, RemoteImageStore, ScanClaim } from "./remote-image.ts";
export { type RestoreDatabaseOptions, restoreDatabase } from "./restore-database.ts";
export { type RotateSecretKeyOptions, rotateSecretKey } from "./rotate-secret-key.ts";
export type {
  AdmissionStanding,
  ExceptionUse,
  NeverAdmittedReason,
  PodSummary,
  RunningImage,
  RunningImageCounts,
  RunningImageQuery,
  RunningVerdict,
  StoredRunningImage,
  WorkloadOwner,
  WorkloadStore,
} from "./running-image.ts";
export type { HoldingImage, HoldingQuery, ScanIndexStore } from "./scan-index.ts";
export type {
  ScanJobQuery,
  ScanJobRecord,
  ScanJobState,
  ScanJobStore,
  ScanReason,
  ScanRequestOptions,
} from "./scan-job.ts";
export { readOrCreateSecretKey, readSecretKey } from "./secret-key-file.ts";
export type {
  AdmissionRecordStore,
  AdmittedOwner,
  AuditEntry,
  AuditStore,
  ContentRemoval,
  Database,
  DecisionQuery,
  DecisionRecord,
  DecisionStore,
  EventBus,
  KnownImage,
  ListedDecision,
  ManifestRecord,
  Processes,
  ReferrerRecord,
  RegistryStore,
  ScanRecord,
  ScanStore,
  SecretStore,
  ServerEvent,
} from "./stores.ts";
export type {
  NewWebhookDelivery,
  WebhookDelivery,
  WebhookDeliveryQuery,
  WebhookDeliveryStore,
} from "./webhook-delivery.ts";
