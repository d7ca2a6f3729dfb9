// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { z } from "zod";
import { CodedError, messageOf } from "#base";
import { DatabaseError } from "#database";
import { type ArchivedImage, ImageSourceError, openImageArchive } from "#image-source";
import { type BackupSelection, selectsRepository, selectsTag } from "#registry";
import { RegistryJobError } from "../../registry-jobs/errors.ts";
import type { RegistryJobRun, RegistryJobWorker } from "../../registry-jobs/registry-job-worker.ts";
import { ImageCopy } from "../copy/image-copy.ts";
import { createRemoteSource } from "../copy/remote-source.ts";
import { RegistryError } from "../errors.ts";
import { backupFolder } from "./backup-folder.ts";
import { parseBackupName } from "./backup-names.ts";
import { type RestoreParameters, restoreParametersSchema } from "./backup-parameters.ts";
import { type ArchiveRecord, readBackup } from "./backup-records.ts";

const MAX_PROBLEMS = 100;
/** There is no use in trying the next image. */
const OF_THE_REGISTRY: readonly string[] = ["DISK_FULL", "UNAVAILABLE"];

interface Counts {
  /** Put back: their tags lead to them again. */
  readonly restored: number;
  /** They were there, under their tags. */
  readonly present: number;
  /** Their tags lead to something else, which was left. */
  readonly skipped: number;
  readonly failed: number;
  /** Each with why; the first hundred. */
  readonly problems: readonly string[];
}

/** What came of a restoration. */
export interface RestoreResult extends Counts {
  readonly backup: string;
}

const positionSchema: z.ZodType<Counts & { readonly next: number }> = z.object({
  next: z.int().min(0),
  restored: z.int(),
  present: z.int(),
  skipped: z.int(),
  failed: z.int(),
  problems: z.array(z.string()),
});

/** Puts images of a backup back into the registry, through the same door as a push. */
export const restoreWorker: RegistryJobWorker = { kind: "restore", run };

async function run(job: RegistryJobRun): Promise<RestoreResult> {
  const parsed = restoreParametersSchema.safeParse(job.job.parameters);
  const named = parsed.success ? parseBackupName(parsed.data.backup) : undefined;
  if (!parsed.success || named === undefined) {
    throw new RegistryJobError("JOB_INVALID", "the parameters of the job are not those of a restoration");
  }
  const parameters = parsed.data;
  const folder = join(backupFolder(job.context, "images", named.name), named.stamp);
  const { records } = await readBackup(folder);
  const wanted = records.filter((record) => isWanted(parameters, record));
  const position = positionSchema.safeParse(job.job.position);
  let { next, ...counts } = position.success
    ? position.data
    : { next: 0, restored: 0, present: 0, skipped: 0, failed: 0, problems: [] };
  for (const record of wanted.slice(next)) {
    job.signal.throwIfAborted();
    await job.report({
      message: { code: "at", params: { name: `${record.repository}:${record.tag}` } },
      done: next,
      total: wanted.length,
      unit: "items",
    });
    counts = await restoreCounted(job, parameters, { folder, record, counts });
    next += 1;
    await job.report({ position: { next, ...counts } });
  }
  await job.report({ done: next, total: wanted.length });
  const result = { backup: parameters.backup, ...counts };
  job.log.info({ ...result, problems: counts.problems.length }, "images were restored");
  if (counts.failed > 0) {
    const message = `${counts.failed} images could not be restored: ${counts.problems[0] ?? ""}`;
    throw new RegistryJobError("COPY_INCOMPLETE", message, {
      result,
      details: { work: "restore", count: counts.failed },
    });
  }
  return result;
}

function isWanted(selection: BackupSelection, { repository, tag }: ArchiveRecord): boolean {
  return selectsRepository(selection, repository) && selectsTag(selection, tag);
}

interface Restored {
  readonly folder: string;
  readonly record: ArchiveRecord;
}

async function restoreCounted(
  job: RegistryJobRun,
  parameters: RestoreParameters,
  { folder, record, counts }: Restored & { readonly counts: Counts },
): Promise<Counts> {
  try {
    const outcome = await restoreImage(job, parameters, { folder, record });
    return { ...counts, [outcome]: counts[outcome] + 1 };
  } catch (error) {
    job.signal.throwIfAborted();
    const isOfRegistry = error instanceof RegistryError && OF_THE_REGISTRY.includes(error.code);
    if (!(error instanceof CodedError) || error instanceof DatabaseError || isOfRegistry) {
      throw error;
    }
    job.log.warn({ err: error, repository: record.repository, tag: record.tag }, "an image was not restored");
    const problem = `${record.repository}:${record.tag}: ${String(error.code)}: ${messageOf(error)}`;
    return {
      ...counts,
      failed: counts.failed + 1,
      problems: counts.problems.length < MAX_PROBLEMS ? [...counts.problems, problem] : counts.problems,
    };
  }
}

async function restoreImage(
  { content, job, signal }: RegistryJobRun,
  { prefix, duplicates }: RestoreParameters,
  { folder, record }: Restored,
): Promise<"restored" | "present" | "skipped"> {
  const { tag, digest } = record;
  const repository = prefix === undefined ? record.repository : `${prefix}/${record.repository}`;
  const there = await content.findManifest(repository, tag);
  if (there !== undefined && there.digest !== digest && duplicates === "skip") {
    return "skipped";
  }
  await using archive = await openImageArchive(join(folder, record.file), signal);
  const image = findImage(archive.images, record);
  const copy = new ImageCopy({
    source: createRemoteSource(image, { content, repository }),
    content,
    repository,
    author: { actor: job.requestedBy, requestId: `job-${job.id}`, isSystem: true },
    signal,
  });
  // signatures first: nobody finds the image unsigned
  await copy.copyImage(image.root);
  await copy.copyAttached(image.root);
  await copy.copyImage(image.root, tag);
  const [problem] = copy.counts.problems;
  if (problem !== undefined) {
    throw new ImageSourceError(
      "BLOB_MISSING",
      `${problem.what}, which is attached to it, is not restored: ${problem.why}`,
    );
  }
  return there?.digest === digest ? "present" : "restored";
}

/** The file may be another one by now: what it says counts only where the listing says the same. */
function findImage(images: readonly ArchivedImage[], { repository, tag, digest, file }: ArchiveRecord): ArchivedImage {
  const image = images.find((each) => each.name?.repository === repository && each.tag === tag);
  if (image?.root.digest !== digest) {
    throw new ImageSourceError("IMAGE_NOT_FOUND", `${file} does not have ${repository}:${tag} as ${digest}`);
  }
  return image;
}
