// SPDX-License-Identifier: Apache-2.0
import { link, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CodedError, messageOf } from "#base";
import { DatabaseError } from "#database";
import {
  type ArchivePlan,
  ImageSourceError,
  planImageArchive,
  type WrittenFile,
  writeImageArchive,
} from "#image-source";
import { type ImageBackupRule, selectsRepository, selectsTag } from "#registry";
import { RegistryJobError } from "../../registry-jobs/errors.ts";
import { JobEnding } from "../../registry-jobs/job-ending.ts";
import type { RegistryJobRun, RegistryJobWorker } from "../../registry-jobs/registry-job-worker.ts";
import {
  backupFolder,
  codeOf,
  finishFolder,
  listStamps,
  onBackupDisk,
  openUnfinished,
  pruneBackups,
} from "./backup-folder.ts";
import { archiveFileName, isStamp, stampOf } from "./backup-names.ts";
import { backupParametersSchema } from "./backup-parameters.ts";
import {
  type ArchiveRecord,
  BACKUP_FORMAT,
  type BackupDescription,
  DESCRIPTION,
  openListing,
  readListing,
} from "./backup-records.ts";
import { createStoredSource } from "./stored-source.ts";

const PAGE = 500;
const MAX_PROBLEMS = 100;
/** A tag that is moved while its image is read is read again. */
const ATTEMPTS = 3;

/** What came of a backup. */
export interface BackupResult {
  /** `NAME/STAMP`. */
  readonly backup: string;
  readonly images: number;
  /** Of all archives. */
  readonly bytes: number;
  /** Archives that did not change since the backup before: they are links to it and take no room. */
  readonly unchanged: number;
  /** Old backups that were removed. */
  readonly pruned: number;
  /** Images that could not be read, each with why; the first hundred. */
  readonly problems: readonly string[];
}

/** Writes an archive for each image that the rule selects. */
export const backupWorker: RegistryJobWorker = { kind: "backup", run };

interface Backup {
  readonly run: RegistryJobRun;
  readonly rule: ImageBackupRule;
  readonly folder: string;
  /** Of the backup before; absent: there is none. */
  readonly previous: string | undefined;
  readonly before: ReadonlyMap<string, ArchiveRecord>;
  readonly done: ReadonlyMap<string, ArchiveRecord>;
}

async function run(job: RegistryJobRun): Promise<BackupResult> {
  const parsed = backupParametersSchema.safeParse(job.job.parameters);
  if (!parsed.success || parsed.data.rule.content !== "images") {
    throw new RegistryJobError("JOB_INVALID", "the parameters of the job are not those of a backup of images");
  }
  const { name, rule } = parsed.data;
  const parent = backupFolder(job.context, "images", name);
  const stamp = stampOfRun(job);
  await job.report({ position: { stamp } });
  const folder = await openUnfinished(parent, stamp);
  try {
    const last = (await listStamps(parent)).at(-1);
    const previous = last === undefined ? undefined : join(parent, last);
    const before =
      previous === undefined ? new Map<string, ArchiveRecord>() : byImage((await readListing(previous)).records);
    const done = byImage((await readListing(folder)).records);
    const written = await onBackupDisk(folder, () =>
      writeAll({ run: job, rule, folder, previous, before, done }, name),
    );
    await finishFolder(parent, stamp);
    const isComplete = written.problems.length === 0;
    const pruned = isComplete ? await pruneBackups(parent, rule.keep) : 0;
    const result = { backup: `${name}/${stamp}`, ...written, pruned };
    job.log.info({ ...result, problems: written.problems.length }, "images were backed up");
    if (!isComplete) {
      const message = `${written.problems.length} images are not in the backup; older backups are kept: ${written.problems[0] ?? ""}`;
      throw new RegistryJobError("COPY_INCOMPLETE", message, {
        result,
        details: { work: "backup", count: written.problems.length },
      });
    }
    return result;
  } catch (error) {
    if (!isStopping(job)) {
      // a full disk gets its room back; the backups before are as they were
      await rm(folder, { recursive: true, force: true });
    }
    throw error;
  }
}

/** The server stops, and the run goes on at its next start. */
export function isStopping({ signal }: RegistryJobRun): boolean {
  return signal.aborted && signal.reason instanceof JobEnding && signal.reason.why === "stopping";
}

/** Where an interrupted run was at work, or a new place. */
export function stampOfRun({ job, context }: RegistryJobRun): string {
  const { stamp } = (job.position ?? {}) as { readonly stamp?: unknown };
  return typeof stamp === "string" && isStamp(stamp) ? stamp : stampOf(context.clock.now());
}

async function writeAll(
  backup: Backup,
  name: string,
): Promise<Pick<BackupResult, "images" | "bytes" | "unchanged" | "problems">> {
  const { run: job, folder, done } = backup;
  const total = await countImages(backup);
  const problems: string[] = [];
  const counts = { images: 0, bytes: 0, unchanged: 0 };
  {
    await using listing = await openListing(folder);
    for await (const { repository, tag } of selectedImages(backup)) {
      job.signal.throwIfAborted();
      await job.report({
        message: { code: "at", params: { name: `${repository}:${tag}` } },
        done: counts.images,
        total,
        unit: "items",
      });
      try {
        const outcome = await backUp(backup, repository, tag);
        if (outcome !== undefined) {
          if (done.get(`${repository}:${tag}`)?.fingerprint !== outcome.record.fingerprint) {
            await listing.add(outcome.record);
          }
          counts.images += 1;
          counts.bytes += outcome.record.sizeBytes;
          counts.unchanged += outcome.isUnchanged ? 1 : 0;
        }
      } catch (error) {
        job.signal.throwIfAborted();
        if (!isAboutImage(error)) {
          throw error;
        }
        job.log.warn({ err: error, repository, tag }, "an image was not backed up");
        if (problems.length < MAX_PROBLEMS) {
          problems.push(`${repository}:${tag}: ${error.code}: ${messageOf(error)}`);
        }
      }
    }
  }
  await describe(backup, { name, ...counts, problems });
  await job.report({ done: counts.images, total });
  return { ...counts, problems };
}

/** `undefined`: the tag was deleted meanwhile. */
async function backUp(
  backup: Backup,
  repository: string,
  tag: string,
): Promise<{ readonly record: ArchiveRecord; readonly isUnchanged: boolean } | undefined> {
  const { run: job, rule, folder, done } = backup;
  const { content, context, signal } = job;
  const source = createStoredSource(content, context.database.registry, repository);
  const registry = context.configuration.registry.names[0] ?? "localhost";
  for (let attempt = 1; ; attempt += 1) {
    const root = await source.readManifest(tag, signal);
    if (root === undefined) {
      return undefined;
    }
    try {
      const plan = await planImageArchive([{ registry, repository, tag, root, source }], rule.format, signal);
      if (plan.problems.length > 0) {
        throw new ImageSourceError("BLOB_MISSING", `what is attached to it cannot be read: ${plan.problems[0] ?? ""}`);
      }
      const file = archiveFileName(repository, tag);
      const present = await takeOver(backup, plan, { key: `${repository}:${tag}`, file });
      const written = present ?? (await writeImageArchive(plan, join(folder, file), { signal }));
      const { sizeBytes, sha256 } = written;
      const record = { repository, tag, digest: root.digest, file, sizeBytes, sha256, fingerprint: plan.fingerprint };
      return { record, isUnchanged: present !== undefined && !done.has(`${repository}:${tag}`) };
    } catch (error) {
      const now = await content.findManifest(repository, tag);
      if (now?.digest === root.digest || attempt === ATTEMPTS) {
        throw error;
      }
      // the tag was moved or deleted, and what it led to is gone
    }
  }
}

/** An archive of the same bytes that this run wrote before it was interrupted, or that the backup before has. */
async function takeOver(
  { folder, previous, before, done }: Backup,
  { fingerprint }: ArchivePlan,
  { key, file }: { readonly key: string; readonly file: string },
): Promise<WrittenFile | undefined> {
  const path = join(folder, file);
  const own = done.get(key);
  if (own?.fingerprint === fingerprint && (await hasSize(path, own.sizeBytes))) {
    return own;
  }
  const old = before.get(key);
  if (
    previous === undefined ||
    old?.fingerprint !== fingerprint ||
    !(await hasSize(join(previous, old.file), old.sizeBytes))
  ) {
    return undefined;
  }
  await rm(path, { force: true });
  try {
    await link(join(previous, old.file), path);
    return old;
  } catch (error) {
    if (["EPERM", "ENOTSUP", "EOPNOTSUPP", "EMLINK", "ENOSYS"].includes(codeOf(error))) {
      // a storage without hard links gets a copy
      return undefined;
    }
    throw error;
  }
}

async function hasSize(path: string, sizeBytes: number): Promise<boolean> {
  return await stat(path).then(
    (file) => file.isFile() && file.size === sizeBytes,
    () => false,
  );
}

async function describe(
  { run: job, rule, folder }: Backup,
  { name, images, bytes, problems }: Pick<BackupDescription, "name" | "images" | "bytes" | "problems">,
): Promise<void> {
  const { sha256, isWhole } = await readListing(folder);
  if (!isWhole) {
    throw new Error("the listing of the backup cannot be read back");
  }
  const description: BackupDescription = {
    format: BACKUP_FORMAT,
    name,
    createdAt: job.context.clock.now().toISOString(),
    archiveFormat: rule.format,
    images,
    bytes,
    problems,
    listingSha256: sha256,
  };
  await writeFile(join(folder, DESCRIPTION), `${JSON.stringify(description, undefined, 2)}\n`, {
    mode: 0o600,
    flush: true,
  });
}

async function countImages(backup: Backup): Promise<number> {
  let count = 0;
  for await (const _ of selectedImages(backup)) {
    count += 1;
  }
  return count;
}

async function* selectedImages({
  run: job,
  rule,
}: Backup): AsyncGenerator<{ readonly repository: string; readonly tag: string }> {
  const { registry } = job.context.database;
  for await (const repository of pages((last) => registry.listRepositories({ ...last, limit: PAGE }))) {
    if (selectsRepository(rule, repository)) {
      for await (const tag of pages((last) => registry.listTags(repository, { ...last, limit: PAGE }))) {
        if (selectsTag(rule, tag)) {
          yield { repository, tag };
        }
      }
    }
  }
}

async function* pages(list: (last: { readonly last?: string }) => Promise<readonly string[]>): AsyncGenerator<string> {
  let last: string | undefined;
  do {
    const page = await list(last === undefined ? {} : { last });
    yield* page;
    last = page.at(-1);
  } while (last !== undefined);
}

function byImage(records: readonly ArchiveRecord[]): ReadonlyMap<string, ArchiveRecord> {
  return new Map(records.map((record) => [`${record.repository}:${record.tag}`, record]));
}

/** The image is damaged or incomplete; the others can be backed up. */
function isAboutImage(error: unknown): error is CodedError<string> {
  return error instanceof CodedError && !(error instanceof DatabaseError) && error.code !== "ARCHIVE_UNWRITABLE";
}
