// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { matchesWildcard } from "#base";
import type { CronSchedule } from "./cron-schedule.ts";
import { matchesTag } from "./tag-pattern.ts";

/** Which images a backup takes. */
export interface BackupSelection {
  /** Names of repositories with `*` for any characters; default all. */
  readonly repositories?: readonly string[];
  /** Patterns of tags of `matchesTag`; default all. */
  readonly tags?: readonly string[];
  /** Patterns of tags that are left out, whatever `tags` says. */
  readonly excludedTags?: readonly string[];
}

/** A backup of images, one archive each. */
export interface ImageBackupRule extends BackupSelection {
  readonly content: "images";
  /** For people. */
  readonly description?: string;
  /** `docker`: as `docker save`, without signatures. `oci`: OCI archives with all that is attached to the image. */
  readonly format: "docker" | "oci";
  /** How many of its backups are kept. */
  readonly keep: number;
  /** Absent: only when somebody asks. */
  readonly schedule?: CronSchedule;
}

/** A backup of the registry as it is at an instant: every blob, every row. */
export interface SnapshotRule {
  readonly content: "everything";
  readonly description?: string;
  readonly keep: number;
  readonly schedule?: CronSchedule;
}

/** What is backed up by itself, and how many of it are kept. */
export type BackupRule = ImageBackupRule | SnapshotRule;

const MAX_PATTERNS = 256;
const MAX_KEPT = 1_000;
const ACCESSORY_TAG = /^sha(?:256|512)-[0-9a-f]{64,128}(?:\.sig|\.att|\.sbom)?$/;

const repositories = z
  .array(z.string().regex(/^[a-z0-9._/*-]{1,255}$/, "expected the name of a repository with * for any characters"))
  .min(1)
  .max(MAX_PATTERNS);
const tags = z
  .array(z.string().regex(/^!?[A-Za-z0-9_.*-]{1,129}$/, "expected a tag with * for any characters"))
  .min(1)
  .max(MAX_PATTERNS);

/** The fields that select images, for other documents that do so. */
export const BACKUP_SELECTION_FIELDS: {
  readonly repositories: z.ZodExactOptional<z.ZodType<readonly string[]>>;
  readonly tags: z.ZodExactOptional<z.ZodType<readonly string[]>>;
  readonly excludedTags: z.ZodExactOptional<z.ZodType<readonly string[]>>;
} = {
  repositories: repositories.exactOptional().describe("Names with * for any characters; default all."),
  tags: tags.exactOptional().describe("Tags with * for any characters; default all."),
  excludedTags: tags.exactOptional().describe("Tags that are left out, whatever tags says."),
};

const common = {
  description: z.string().max(1_024).exactOptional().describe("For people."),
  keep: z.int().min(1).max(MAX_KEPT).default(7).describe("How many are kept; default 7."),
  schedule: z
    .strictObject({
      cron: z.string().max(200).describe("Minute, hour, day of the month, month, day of the week."),
      timeZone: z.string().max(64).exactOptional().describe("e.g. Asia/Seoul; default UTC."),
    })
    .exactOptional()
    .describe("When it is made; absent: when somebody asks."),
};

/** What may be written; unknown fields are refused, since they are spelling mistakes. */
export const backupRuleSchema: z.ZodType<BackupRule> = z.discriminatedUnion("content", [
  z.strictObject({
    content: z.literal("images"),
    ...BACKUP_SELECTION_FIELDS,
    format: z
      .enum(["docker", "oci"])
      .default("oci")
      .describe("docker: as docker save, without signatures; oci: with what is attached to the image; default oci."),
    ...common,
  }),
  z.strictObject({ content: z.literal("everything"), ...common }),
]);

/** Whether the selection is about the repository. */
export function selectsRepository({ repositories: patterns }: BackupSelection, repository: string): boolean {
  return patterns?.some((pattern) => matchesWildcard(pattern, repository)) ?? true;
}

/** Whether the selection takes the tag. Tags of what belongs to an image go along with the image and never by themselves. */
export function selectsTag({ tags: patterns, excludedTags }: BackupSelection, tag: string): boolean {
  return (
    !ACCESSORY_TAG.test(tag) &&
    (patterns === undefined || matchesTag(patterns, tag)) &&
    !(excludedTags !== undefined && matchesTag(excludedTags, tag))
  );
}
