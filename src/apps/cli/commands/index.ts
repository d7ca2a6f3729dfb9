// SPDX-License-Identifier: Apache-2.0
import type { Command } from "../command.ts";
import { adminResetPasswordCommand } from "./admin-reset-password.ts";
import { adminRestoreCommand } from "./admin-restore.ts";
import { adminRotateKeyCommand } from "./admin-rotate-key.ts";
import { attestCommand } from "./attest.ts";
import { dbBuildCommand } from "./db-build.ts";
import { dbExportCommand } from "./db-export.ts";
import { dbImportCommand } from "./db-import.ts";
import { dbPullCommand } from "./db-pull.ts";
import { dbPushCommand } from "./db-push.ts";
import { dbStatusCommand } from "./db-status.ts";
import { dbUpdateCommand } from "./db-update.ts";
import { dbVerifyCommand } from "./db-verify.ts";
import { gateEngageCommand } from "./gate-engage.ts";
import { gateReleaseCommand } from "./gate-release.ts";
import { gateStatusCommand } from "./gate-status.ts";
import { keyGenerateCommand } from "./key-generate.ts";
import { policyExplainCommand } from "./policy-explain.ts";
import { policyLintCommand } from "./policy-lint.ts";
import { policyMigrateCommand } from "./policy-migrate.ts";
import { policyReplayCommand } from "./policy-replay.ts";
import { policyTestCommand } from "./policy-test.ts";
import { postureExposureCommand } from "./posture-exposure.ts";
import {
  registryAccountsChangeCommand,
  registryAccountsCreateCommand,
  registryAccountsDisableCommand,
  registryAccountsEnableCommand,
  registryAccountsListCommand,
  registryAccountsPasswordCommand,
  registryAccountsRemoveCommand,
  registryAccountsResetPasswordCommand,
} from "./registry-accounts.ts";
import { registryLoadCommand, registrySaveCommand } from "./registry-archive.ts";
import {
  registryBackupListCommand,
  registryBackupNowCommand,
  registryBackupScheduleCommand,
  registryBackupUnscheduleCommand,
  registryRestoreCommand,
  registrySnapshotListCommand,
  registrySnapshotNowCommand,
  registrySnapshotScheduleCommand,
} from "./registry-backup.ts";
import {
  registryCacheListCommand,
  registryCacheLoginCommand,
  registryCacheLogoutCommand,
  registryCacheSetCommand,
  registryCacheUnsetCommand,
} from "./registry-cache.ts";
import { registryDeleteCommand, registryRepositoriesCommand, registryTagsCommand } from "./registry-content.ts";
import { registryImportCommand } from "./registry-import.ts";
import {
  registryJobsCancelCommand,
  registryJobsListCommand,
  registryJobsShowCommand,
  registryJobsWatchCommand,
} from "./registry-jobs.ts";
import {
  registryKeysCreateCommand,
  registryKeysDisableCommand,
  registryKeysEnableCommand,
  registryKeysListCommand,
  registryKeysRemoveCommand,
  registryKeysRotateCommand,
} from "./registry-keys.ts";
import {
  registryPromoteApproveCommand,
  registryPromoteDeleteRuleCommand,
  registryPromoteListCommand,
  registryPromoteRejectCommand,
  registryPromoteRequestCommand,
  registryPromoteRulesCommand,
  registryPromoteSetRuleCommand,
} from "./registry-promote.ts";
import {
  registryReplicateDeleteCommand,
  registryReplicateListCommand,
  registryReplicateRunCommand,
  registryReplicateSetCommand,
  registryRetentionCommand,
} from "./registry-replicate.ts";
import { registryRunningCommand } from "./registry-running.ts";
import {
  registryScannersAskCommand,
  registryScannersDeleteCommand,
  registryScannersListCommand,
  registryScannersSetCommand,
} from "./registry-scanners.ts";
import {
  registryScansListCommand,
  registryScansRetryCommand,
  registryScansStartCommand,
  registryScansStopCommand,
} from "./registry-scans.ts";
import {
  registrySettingsGetCommand,
  registrySettingsListCommand,
  registrySettingsSetCommand,
  registrySettingsUnsetCommand,
} from "./registry-settings.ts";
import { registryCheckCommand, registryGcCommand, registryUsageCommand } from "./registry-storage.ts";
import {
  registryServiceOffCommand,
  registryServiceOnCommand,
  registryServiceStatusCommand,
} from "./registry-switch.ts";
import {
  registryWebhooksCreateCommand,
  registryWebhooksDeleteCommand,
  registryWebhooksDeliveriesCommand,
  registryWebhooksListCommand,
  registryWebhooksRedeliverCommand,
  registryWebhooksRotateKeyCommand,
  registryWebhooksTestCommand,
} from "./registry-webhooks.ts";
import { scanCommand } from "./scan.ts";
import { serverCommand } from "./server.ts";
import { signCommand } from "./sign.ts";
import { verifyCommand } from "./verify.ts";
import { versionCommand } from "./version.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  serverCommand,
  scanCommand,
  verifyCommand,
  signCommand,
  attestCommand,
  keyGenerateCommand,
  policyLintCommand,
  policyTestCommand,
  policyExplainCommand,
  policyReplayCommand,
  policyMigrateCommand,
  gateStatusCommand,
  gateReleaseCommand,
  gateEngageCommand,
  postureExposureCommand,
  registryUsageCommand,
  registryGcCommand,
  registryCheckCommand,
  dbUpdateCommand,
  dbStatusCommand,
  dbImportCommand,
  dbBuildCommand,
  dbVerifyCommand,
  dbPullCommand,
  dbPushCommand,
  dbExportCommand,
  registryRepositoriesCommand,
  registryTagsCommand,
  registryDeleteCommand,
  registryAccountsListCommand,
  registryAccountsCreateCommand,
  registryAccountsChangeCommand,
  registryAccountsDisableCommand,
  registryAccountsEnableCommand,
  registryAccountsResetPasswordCommand,
  registryAccountsPasswordCommand,
  registryAccountsRemoveCommand,
  registryKeysListCommand,
  registryKeysCreateCommand,
  registryKeysRotateCommand,
  registryKeysDisableCommand,
  registryKeysEnableCommand,
  registryKeysRemoveCommand,
  registrySettingsListCommand,
  registrySettingsGetCommand,
  registrySettingsSetCommand,
  registrySettingsUnsetCommand,
  registryServiceStatusCommand,
  registryServiceOnCommand,
  registryServiceOffCommand,
  registryReplicateListCommand,
  registryReplicateSetCommand,
  registryReplicateRunCommand,
  registryReplicateDeleteCommand,
  registryRetentionCommand,
  registrySaveCommand,
  registryLoadCommand,
  registryBackupNowCommand,
  registryBackupListCommand,
  registryBackupScheduleCommand,
  registryBackupUnscheduleCommand,
  registryRestoreCommand,
  registrySnapshotNowCommand,
  registrySnapshotListCommand,
  registrySnapshotScheduleCommand,
  registryJobsListCommand,
  registryJobsShowCommand,
  registryJobsCancelCommand,
  registryJobsWatchCommand,
  registryImportCommand,
  registryCacheListCommand,
  registryCacheSetCommand,
  registryCacheUnsetCommand,
  registryCacheLoginCommand,
  registryCacheLogoutCommand,
  registryPromoteRequestCommand,
  registryPromoteApproveCommand,
  registryPromoteRejectCommand,
  registryPromoteListCommand,
  registryPromoteRulesCommand,
  registryPromoteSetRuleCommand,
  registryPromoteDeleteRuleCommand,
  registryWebhooksListCommand,
  registryWebhooksCreateCommand,
  registryWebhooksDeleteCommand,
  registryWebhooksTestCommand,
  registryWebhooksDeliveriesCommand,
  registryWebhooksRedeliverCommand,
  registryWebhooksRotateKeyCommand,
  registryScannersListCommand,
  registryScannersSetCommand,
  registryScannersDeleteCommand,
  registryScannersAskCommand,
  registryScansListCommand,
  registryScansStartCommand,
  registryScansStopCommand,
  registryScansRetryCommand,
  registryRunningCommand,
  adminResetPasswordCommand,
  adminRotateKeyCommand,
  adminRestoreCommand,
  versionCommand,
];
