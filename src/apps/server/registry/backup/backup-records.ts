// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { type Digest, messageOf, parseDigest } from "#base";
import { RegistryJobError } from "../../registry-jobs/errors.ts";

const LISTING = "archives.jsonl";
export const DESCRIPTION = "backup.json";
export const BACKUP_FORMAT = "haechi-image-backup/1";
const MAX_DESCRIPTION_BYTES = 1024 * 1024;
const MAX_LISTING_BYTES = 1024 * 1024 * 1024;

/** A line of `archives.jsonl`: one archive. */
export interface ArchiveRecord {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  /** In the same folder. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Of what is in it; see `ArchivePlan`. */
  readonly fingerprint: string;
}

/** `backup.json`: written last, so a folder that has it is whole. */
export interface BackupDescription {
  readonly format: typeof BACKUP_FORMAT;
  readonly name: string;
  readonly createdAt: string;
  readonly archiveFormat: "docker" | "oci";
  readonly images: number;
  readonly bytes: number;
  /** Images that are not in it although they were asked for, the first hundred. */
  readonly problems: readonly string[];
  /** Of the file `archives.jsonl`. */
  readonly listingSha256: string;
}

const hex = z.string().regex(/^[0-9a-f]{64}$/);

const recordSchema: z.ZodType<ArchiveRecord> = z.object({
  repository: z
    .string()
    .max(255)
    .regex(/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/),
  tag: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/),
  digest: z.string().transform((text, context) => {
    const digest = parseDigest(text);
    if (digest === undefined) {
      context.addIssue({ code: "custom", message: "expected a digest" });
      return z.NEVER;
    }
    return digest;
  }),
  // a name in the folder, whatever somebody wrote there
  file: z
    .string()
    .max(255)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._+@-]*\.tar$/),
  sizeBytes: z.number().int().min(0),
  sha256: hex,
  fingerprint: hex,
});

const descriptionSchema: z.ZodType<BackupDescription> = z.object({
  format: z.literal(BACKUP_FORMAT),
  name: z.string(),
  createdAt: z.string(),
  archiveFormat: z.enum(["docker", "oci"]),
  images: z.int().min(0),
  bytes: z.number().int().min(0),
  problems: z.array(z.string()),
  listingSha256: hex,
});

/** What the folder says about itself; throws `BACKUP_UNREADABLE`. */
export async function readBackupDescription(folder: string): Promise<BackupDescription> {
  try {
    const path = join(folder, DESCRIPTION);
    if ((await stat(path)).size > MAX_DESCRIPTION_BYTES) {
      throw new Error("backup.json is too large");
    }
    return descriptionSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    throw unreadable("there is no whole backup of this name", error);
  }
}

/** The archives of a whole backup; throws `BACKUP_UNREADABLE` when the listing is not the one that was written. */
export async function readBackup(
  folder: string,
): Promise<{ readonly description: BackupDescription; readonly records: readonly ArchiveRecord[] }> {
  const description = await readBackupDescription(folder);
  const { records, sha256, isWhole } = await readListing(folder);
  if (!isWhole || sha256 !== description.listingSha256) {
    throw unreadable(`${LISTING} is not what ${DESCRIPTION} says`);
  }
  // of an image that was written twice by a run that was interrupted, the later one is in the file
  const latest = new Map(records.map((record) => [`${record.repository}:${record.tag}`, record]));
  return { description, records: [...latest.values()] };
}

/** As much of the listing as can be read: the last line of an interrupted run may be cut. */
export async function readListing(folder: string): Promise<{
  readonly records: readonly ArchiveRecord[];
  readonly sha256: string;
  readonly isWhole: boolean;
}> {
  const records: ArchiveRecord[] = [];
  let isWhole = true;
  const path = join(folder, LISTING);
  const size = await stat(path).then(
    (stats) => stats.size,
    () => 0,
  );
  if (size === 0 || size > MAX_LISTING_BYTES) {
    return { records, sha256: createHash("sha256").digest("hex"), isWhole: size === 0 };
  }
  const hash = createHash("sha256");
  const file = createReadStream(path);
  file.on("data", (chunk) => hash.update(chunk));
  for await (const line of createInterface({ input: file })) {
    const record = parseRecord(line);
    if (record === undefined) {
      isWhole = false;
    } else {
      records.push(record);
    }
  }
  return { records, sha256: hash.digest("hex"), isWhole };
}

/** Adds to the listing of a backup under way. */
export async function openListing(
  folder: string,
): Promise<AsyncDisposable & { readonly add: (record: ArchiveRecord) => Promise<void> }> {
  const handle = await open(join(folder, LISTING), "a", 0o600);
  return {
    add: (record) => handle.appendFile(`${JSON.stringify(record)}\n`),
    async [Symbol.asyncDispose]() {
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}

function parseRecord(line: string): ArchiveRecord | undefined {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // not JSON: cut, or not ours
    return undefined;
  }
}

function unreadable(why: string, cause?: unknown): RegistryJobError {
  const details = cause === undefined ? "" : `: ${messageOf(cause).slice(0, 300)}`;
  return new RegistryJobError("BACKUP_UNREADABLE", `${why}${details}`, cause === undefined ? {} : { cause });
}
