// SPDX-License-Identifier: Apache-2.0

export { analyzerFingerprint } from "./analyzer-fingerprint.ts";
export type { DatabaseLog } from "./database-log.ts";
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "./embedded/start-embedded-postgres.ts";
export { DatabaseError, type DatabaseErrorCode } from "./errors.ts";
export { generateFirstPassword } from "./first-password.ts";
export { type OpenDatabaseOptions, openDatabase } from "./open-database.ts";
export { hashPassword, type PasswordCheck, verifyPassword } from "./password.ts";
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
  Account,
  AccountStore,
  AdmissionRecordStore,
  AdmittedOwner,
  AuditEntry,
  AuditStore,
  Database,
  DecisionQuery,
  DecisionRecord,
  DecisionStore,
  EventBus,
  KnownImage,
  ListedDecision,
  ManifestRecord,
  RegistryStore,
  Role,
  ScanRecord,
  ScanStore,
  SecretStore,
  ServerEvent,
} from "./stores.ts";
