// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { BACKUP_SELECTION_FIELDS, type BackupRule, type BackupSelection, backupRuleSchema } from "#registry";
import {
  BACKUP_RULE_NAME,
  type ListedBackup,
  type RestoreParameters,
  restoreParametersSchema,
} from "../../registry/backup/index.ts";

export interface BackupRuleBody {
  readonly name: string;
  readonly rule: BackupRule;
  readonly updatedBy: string;
  readonly updatedAt: string;
  /** RFC 3339; absent: only when somebody asks. */
  readonly nextAt?: string;
}

export interface BackupListBody {
  readonly rules: readonly BackupRuleBody[];
  readonly backups: readonly ListedBackup[];
}

export const backupListSchema: z.ZodType<BackupListBody> = z.strictObject({
  rules: z.array(
    z.strictObject({
      name: z.string(),
      rule: backupRuleSchema,
      updatedBy: z.string(),
      updatedAt: z.string(),
      nextAt: z.exactOptional(z.string()).describe("when it is made next; absent: only when somebody asks"),
    }),
  ),
  backups: z
    .array(
      z.strictObject({
        name: z.string().describe("NAME/STAMP"),
        content: z.enum(["images", "everything"]).describe("everything: a snapshot"),
        createdAt: z.string(),
        format: z.exactOptional(z.enum(["docker", "oci"])),
        count: z.int().min(0).describe("archives, or blobs of a snapshot"),
        bytes: z.number().int().min(0),
        problems: z.array(z.string()).describe("images or blobs that should be in it and are not, the first hundred"),
      }),
    )
    .describe("of each name the newest first"),
});

export const putBackupRuleSchema: z.ZodType<{ readonly name: string; readonly rule: BackupRule }> = z.strictObject({
  name: BACKUP_RULE_NAME,
  rule: backupRuleSchema,
});

export const backupRuleNameSchema: z.ZodType<{ readonly name: string }> = z.strictObject({ name: BACKUP_RULE_NAME });

export interface BackupRequestBody extends BackupSelection {
  /** Of a rule; then nothing else is said. */
  readonly rule?: string;
  readonly content: "images" | "everything";
  readonly format: "docker" | "oci";
}

export const backupRequestSchema: z.ZodType<BackupRequestBody> = z.strictObject({
  rule: z.exactOptional(BACKUP_RULE_NAME).describe("by this rule; the other fields say nothing then"),
  content: z.enum(["images", "everything"]).default("images").describe("everything: a snapshot; default images"),
  ...BACKUP_SELECTION_FIELDS,
  format: z.enum(["docker", "oci"]).default("oci").describe("of the archives; default oci"),
});

export const restoreRequestSchema: z.ZodType<RestoreParameters> = restoreParametersSchema;
