// SPDX-License-Identifier: Apache-2.0
export {
  BACKUP_RULE_NAME,
  type BackupParameters,
  backupJob,
  type RestoreParameters,
  restoreParametersSchema,
} from "./backup-parameters.ts";
export { backupSchedule, readableBackupRules } from "./backup-schedule.ts";
export { type BackupResult, backupWorker } from "./backup-worker.ts";
export { type ListedBackup, listBackups } from "./list-backups.ts";
export { type RestoreResult, restoreWorker } from "./restore-worker.ts";
export { type SnapshotResult, snapshotWorker } from "./snapshot-worker.ts";
