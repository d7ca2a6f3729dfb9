// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { NewRegistryJob } from "#database";
import { BACKUP_SELECTION_FIELDS, type BackupRule, type BackupSelection, backupRuleSchema } from "#registry";
import { parseBackupName } from "./backup-names.ts";

/** What the jobs `backup` and `snapshot` are asked for. */
export interface BackupParameters {
  /** Of the rule; its backups are counted together. */
  readonly name: string;
  readonly rule: BackupRule;
}

/** What a restoration is asked for. */
export interface RestoreParameters extends BackupSelection {
  /** `NAME/STAMP`. */
  readonly backup: string;
  /** In front of the names that the images had. */
  readonly prefix?: string;
  /** What happens to a tag that leads to something else by now. */
  readonly duplicates: "skip" | "overwrite";
}

const name = z.string().regex(/^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/, "expected a name such as nightly");

export const BACKUP_RULE_NAME: z.ZodType<string> = name;

export const backupParametersSchema: z.ZodType<BackupParameters> = z.object({ name, rule: backupRuleSchema });

export const restoreParametersSchema: z.ZodType<RestoreParameters> = z.strictObject({
  backup: z
    .string()
    .refine((text) => parseBackupName(text) !== undefined, "expected NAME/STAMP, as the list of backups has it")
    .describe("NAME/STAMP, as the list of backups has it."),
  ...BACKUP_SELECTION_FIELDS,
  prefix: z
    .string()
    .max(200)
    .regex(/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/, "expected the beginning of the name of a repository")
    .exactOptional()
    .describe("In front of the names that the images had, such as restored."),
  duplicates: z
    .enum(["skip", "overwrite"])
    .default("skip")
    .describe("What happens to a tag that leads to something else by now; default skip."),
});

/** The job that makes a backup by a rule. */
export function backupJob(parameters: BackupParameters, requestedBy: string): NewRegistryJob {
  const kind = parameters.rule.content === "images" ? "backup" : "snapshot";
  return { kind, target: parameters.name, parameters, requestedBy, isOnce: true };
}
