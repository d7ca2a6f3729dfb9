// SPDX-License-Identifier: Apache-2.0
import type { CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import {
  backupListAnswer,
  ofContent,
  renderBackupResult,
  renderBackups,
  renderRestoreResult,
} from "./backup-answers.ts";
import { runStorageJob } from "./run-storage-job.ts";
import { parseAnswer, withServer } from "./server-client.ts";
import { writeAnswer } from "./write-answer.ts";

type Content = "images" | "everything";

/** Asks for a backup or a snapshot and waits for its end. */
export async function requestBackup(
  content: Content,
  invocation: Invocation,
  context: CommandContext,
): Promise<ExitCode> {
  const rule = invocation.text("rule");
  const options = content === "images" ? { ...selectionOf(invocation), format: invocation.text("archive-format") } : {};
  const body = rule === undefined ? { content, ...options } : { rule };
  return await runStorageJob(
    { path: "/api/v1/registry/backup", body, render: renderBackupResult },
    invocation,
    context,
  );
}

/** Puts images of a backup back and waits for the end. */
export async function restoreBackup(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const prefix = invocation.text("prefix");
  const body = {
    backup: invocation.arguments[0],
    ...selectionOf(invocation),
    ...(prefix === undefined ? {} : { prefix }),
    duplicates: invocation.flag("overwrite") ? "overwrite" : "skip",
  };
  return await runStorageJob(
    { path: "/api/v1/registry/restore", body, render: renderRestoreResult },
    invocation,
    context,
  );
}

/** Shows backups or snapshots, with their rules. */
export async function showBackups(
  content: Content,
  invocation: Invocation,
  context: CommandContext,
): Promise<ExitCode> {
  const list = await withServer(invocation, context, async (server) =>
    ofContent(parseAnswer(server, backupListAnswer, await server.get("/api/v1/registry/backups")), content),
  );
  writeAnswer(invocation, context, { json: list, render: () => renderBackups(list, context.translate) });
  return 0;
}

/** Sets a rule. */
export async function putRule(content: Content, invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const keep = invocation.text("keep") ?? "";
  if (!/^[1-9]\d{0,2}$/.test(keep)) {
    throw new UsageError("OPTION_INVALID", "--keep takes a number from 1 to 999");
  }
  const [name = "", cron, timeZone] = [invocation.arguments[0], invocation.text("cron"), invocation.text("time-zone")];
  if (cron === undefined && timeZone !== undefined) {
    throw new UsageError("OPTION_INVALID", "--time-zone needs --cron");
  }
  const rule = {
    content,
    ...(content === "images" ? { ...selectionOf(invocation), format: invocation.text("archive-format") } : {}),
    keep: Number(keep),
    ...(cron === undefined ? {} : { schedule: { cron, ...(timeZone === undefined ? {} : { timeZone }) } }),
  };
  await withServer(invocation, context, (server) => server.put("/api/v1/registry/backup-rule", { name, rule }));
  context.stdout(`${context.translate("registryBackup.rule.set", { name })}\n`);
  return 0;
}

/** Removes a rule. */
export async function removeRule(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const name = invocation.arguments[0] ?? "";
  const query = new URLSearchParams({ name });
  await withServer(invocation, context, (server) => server.delete(`/api/v1/registry/backup-rule?${query.toString()}`));
  context.stdout(`${context.translate("registryBackup.rule.removed", { name })}\n`);
  return 0;
}

function selectionOf(invocation: Invocation): object {
  const fields = { repositories: "repository", tags: "tag", excludedTags: "exclude-tag" };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([field, option]) => {
      const patterns = invocation.list(option);
      return patterns.length === 0 ? [] : [[field, patterns]];
    }),
  );
}
