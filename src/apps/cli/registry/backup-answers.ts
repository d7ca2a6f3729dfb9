// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { renderSize, type Translate } from "#messages";
import { renderRows } from "../render-rows.ts";

/** What a server says of backups and of the rules by which it makes them. */
export interface BackupListAnswer {
  readonly rules: readonly {
    readonly name: string;
    readonly rule: {
      readonly content: string;
      readonly keep: number;
      readonly schedule?: { readonly cron: string; readonly timeZone?: string };
    };
    readonly nextAt?: string;
  }[];
  readonly backups: readonly {
    readonly name: string;
    readonly content: string;
    readonly createdAt: string;
    readonly format?: string;
    readonly count: number;
    readonly bytes: number;
    readonly problems: readonly string[];
  }[];
}

export const backupListAnswer: z.ZodType<BackupListAnswer> = z.object({
  rules: z.array(
    z.object({
      name: z.string(),
      rule: z.looseObject({
        content: z.string(),
        keep: z.number(),
        schedule: z.exactOptional(z.object({ cron: z.string(), timeZone: z.exactOptional(z.string()) })),
      }),
      nextAt: z.exactOptional(z.string()),
    }),
  ),
  backups: z.array(
    z.object({
      name: z.string(),
      content: z.string(),
      createdAt: z.string(),
      format: z.exactOptional(z.string()),
      count: z.number(),
      bytes: z.number(),
      problems: z.array(z.string()),
    }),
  ),
});

const backupResult = z.object({
  backup: z.string(),
  images: z.number(),
  bytes: z.number(),
  unchanged: z.number(),
  pruned: z.number(),
});

const restoreResult = z.object({
  backup: z.string(),
  restored: z.number(),
  present: z.number(),
  skipped: z.number(),
});

const snapshotResult = z.object({
  snapshot: z.string(),
  blobs: z.number(),
  bytes: z.number(),
  copiedBytes: z.number(),
  pruned: z.number(),
});

/** What came of a job `backup` or `snapshot`; `undefined`: a later server says it in another way. */
export function renderBackupResult(result: unknown, translate: Translate): string | undefined {
  const backup = backupResult.safeParse(result);
  if (backup.success) {
    const { backup: name, images, bytes, unchanged, pruned } = backup.data;
    return `${translate("registryBackup.backup.done", { name, images, size: renderSize(bytes), unchanged, pruned })}\n`;
  }
  const snapshot = snapshotResult.safeParse(result);
  if (snapshot.success) {
    const { snapshot: name, blobs, bytes, copiedBytes, pruned } = snapshot.data;
    const sizes = { size: renderSize(bytes), copied: renderSize(copiedBytes) };
    return `${translate("registryBackup.snapshot.done", { name, blobs, ...sizes, pruned })}\n`;
  }
  return undefined;
}

/** What came of a job `restore`. */
export function renderRestoreResult(result: unknown, translate: Translate): string | undefined {
  const parsed = restoreResult.safeParse(result);
  if (!parsed.success) {
    return undefined;
  }
  const { backup: name, restored, present, skipped } = parsed.data;
  return `${translate("registryBackup.restore.done", { name, restored, present, skipped })}\n`;
}

/** Only what is about images, or only snapshots. */
export function ofContent(list: BackupListAnswer, content: "images" | "everything"): BackupListAnswer {
  return {
    rules: list.rules.filter(({ rule }) => rule.content === content),
    backups: list.backups.filter((backup) => backup.content === content),
  };
}

/** Two tables: rules, backups. */
export function renderBackups({ rules, backups }: BackupListAnswer, translate: Translate): string {
  const ruleHeader = ["rule", "keep", "next", "schedule"] as const;
  const ruleRows = rules.map(({ name, rule, nextAt }) => [
    name,
    String(rule.keep),
    nextAt ?? "-",
    rule.schedule === undefined ? "-" : `${rule.schedule.cron} ${rule.schedule.timeZone ?? "UTC"}`,
  ]);
  const header = ["created", "format", "count", "size", "problems", "name"] as const;
  const rows = backups.map((each) => [
    each.createdAt,
    each.format ?? "-",
    String(each.count),
    renderSize(each.bytes),
    String(each.problems.length),
    each.name,
  ]);
  const tables = [
    ruleRows.length === 0
      ? ""
      : renderRows([ruleHeader.map((id) => translate(`registryBackup.column.${id}`)), ...ruleRows]),
    rows.length === 0 ? "" : renderRows([header.map((id) => translate(`registryBackup.column.${id}`)), ...rows]),
  ];
  return tables.filter((table) => table !== "").join("\n");
}
