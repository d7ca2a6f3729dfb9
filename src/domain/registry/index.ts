// SPDX-License-Identifier: Apache-2.0

export { addSettings } from "./add-settings.ts";
export {
  BACKUP_SELECTION_FIELDS,
  type BackupRule,
  type BackupSelection,
  backupRuleSchema,
  type ImageBackupRule,
  type SnapshotRule,
  selectsRepository,
  selectsTag,
} from "./backup-rule.ts";
export { type CronSchedule, nextTime, previousTime, scheduleProblem } from "./cron-schedule.ts";
export { type ForeignScanner, foreignScannerSchema, parseForeignScanner } from "./foreign-scanner.ts";
export {
  copiesRepository,
  copiesTag,
  destinationOf,
  isRuleName,
  namedRepositories,
  parseReplicationRule,
  type ReplicationRule,
  replicationRuleSchema,
} from "./replication-rule.ts";
export { isRepositoryPrefix, isUnderPrefix, prefixesOf } from "./repository-prefix.ts";
export type {
  AllowedVulnerability,
  ProxyCacheSettings,
  RepositorySettings,
  RetentionRule,
} from "./repository-settings.ts";
export { daysBefore, planRetention, type RetainedTag, type TagFate, untaggedDays } from "./retention-plan.ts";
export { policiesOfSettings, type SettingsPolicies } from "./settings-policies.ts";
export {
  parseRepositorySettings,
  repositorySettingsSchema,
  type SettingsProblem,
  STRICTEST_SETTINGS,
} from "./settings-schema.ts";
export {
  createSettingsTree,
  type PrefixQuota,
  type PrefixSettings,
  type ResolvedSettings,
  type SettingsTree,
} from "./settings-tree.ts";
export { matchesTag } from "./tag-pattern.ts";
export {
  isWantedBy,
  parseWebhook,
  type StoredWebhook,
  WEBHOOK_EVENTS,
  type Webhook,
  type WebhookEvent,
  webhookSchema,
} from "./webhook.ts";
