// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandContext, CommandOption, ExitCode, Invocation } from "../command.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";

const SELECTION: readonly CommandOption[] = [
  { name: "repository", kind: "list", value: "PATTERN", description: "registryBackup.backup.repository" },
  { name: "tag", kind: "list", value: "PATTERN", description: "registryBackup.backup.tag" },
  { name: "exclude-tag", kind: "list", value: "PATTERN", description: "registryBackup.backup.excludeTag" },
];

const ARCHIVE_FORMAT: CommandOption = {
  name: "archive-format",
  kind: "text",
  value: "FORMAT",
  choices: ["docker", "oci"],
  default: "oci",
  description: "registryBackup.backup.archiveFormat",
};
const NO_WAIT: CommandOption = { name: "no-wait", kind: "flag", description: "registryStorage.noWait" };
const RULE: CommandOption = { name: "rule", kind: "text", value: "NAME", description: "registryBackup.backup.rule" };
const RULE_NAME = {
  name: "NAME",
  isRequired: true,
  isRepeated: false,
  description: "registryBackup.rule.name",
} as const;
const SCHEDULE: readonly CommandOption[] = [
  { name: "cron", kind: "text", value: "CRON", description: "registryBackup.rule.cron" },
  { name: "time-zone", kind: "text", value: "ZONE", description: "registryBackup.rule.timeZone" },
  { name: "keep", kind: "text", value: "N", default: "7", description: "registryBackup.rule.keep" },
];

export const registryBackupNowCommand: Command = {
  name: "registry backup now",
  summary: "registryBackup.backup.now.summary",
  arguments: [],
  options: [RULE, ...SELECTION, ARCHIVE_FORMAT, NO_WAIT, ...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: [
    "haechi registry backup now --repository 'team/*' --tag '1.*'",
    "haechi registry backup now --rule nightly",
  ],
  exitCodes: "registryBackup.backup.exitCodes",
  run: (invocation, context) => makeBackup("images", invocation, context),
};

export const registryBackupListCommand: Command = {
  name: "registry backup list",
  summary: "registryBackup.backup.list.summary",
  arguments: [],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry backup list --format json"],
  run: (invocation, context) => listBackups("images", invocation, context),
};

export const registryBackupScheduleCommand: Command = {
  name: "registry backup schedule",
  summary: "registryBackup.backup.schedule.summary",
  arguments: [RULE_NAME],
  options: [...SCHEDULE, ...SELECTION, ARCHIVE_FORMAT, ...SERVER_OPTIONS],
  examples: [
    "haechi registry backup schedule nightly --cron '0 2 * * *' --time-zone Asia/Seoul --repository 'team/*' --keep 14",
  ],
  run: (invocation, context) => schedule("images", invocation, context),
};

export const registryBackupUnscheduleCommand: Command = {
  name: "registry backup unschedule",
  summary: "registryBackup.backup.unschedule.summary",
  arguments: [RULE_NAME],
  options: SERVER_OPTIONS,
  examples: ["haechi registry backup unschedule nightly"],
  run: async (invocation, context) => {
    const { removeRule } = await import("../registry/backup-requests.ts");
    return await removeRule(invocation, context);
  },
};

export const registryRestoreCommand: Command = {
  name: "registry restore",
  summary: "registryBackup.restore.summary",
  arguments: [{ name: "BACKUP", isRequired: true, isRepeated: false, description: "registryBackup.restore.backup" }],
  options: [
    ...SELECTION,
    { name: "prefix", kind: "text", value: "PREFIX", description: "registryBackup.restore.prefix" },
    { name: "overwrite", kind: "flag", description: "registryBackup.restore.overwrite" },
    NO_WAIT,
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: ["haechi registry restore nightly/2026-11-22T02-00-00-000Z --repository 'team/*' --prefix restored"],
  exitCodes: "registryBackup.backup.exitCodes",
  run: async (invocation, context) => {
    const { restoreBackup } = await import("../registry/backup-requests.ts");
    return await restoreBackup(invocation, context);
  },
};

export const registrySnapshotNowCommand: Command = {
  name: "registry snapshot now",
  summary: "registryBackup.snapshot.now.summary",
  arguments: [],
  options: [RULE, NO_WAIT, ...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry snapshot now"],
  exitCodes: "registryBackup.backup.exitCodes",
  run: (invocation, context) => makeBackup("everything", invocation, context),
};

export const registrySnapshotListCommand: Command = {
  name: "registry snapshot list",
  summary: "registryBackup.snapshot.list.summary",
  arguments: [],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry snapshot list"],
  run: (invocation, context) => listBackups("everything", invocation, context),
};

export const registrySnapshotScheduleCommand: Command = {
  name: "registry snapshot schedule",
  summary: "registryBackup.snapshot.schedule.summary",
  arguments: [RULE_NAME],
  options: [...SCHEDULE, ...SERVER_OPTIONS],
  examples: ["haechi registry snapshot schedule weekly --cron '0 3 * * 0' --keep 4"],
  run: (invocation, context) => schedule("everything", invocation, context),
};

type Content = "images" | "everything";

async function makeBackup(content: Content, invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { requestBackup } = await import("../registry/backup-requests.ts");
  return await requestBackup(content, invocation, context);
}

async function listBackups(content: Content, invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { showBackups } = await import("../registry/backup-requests.ts");
  return await showBackups(content, invocation, context);
}

async function schedule(content: Content, invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { putRule } = await import("../registry/backup-requests.ts");
  return await putRule(content, invocation, context);
}
