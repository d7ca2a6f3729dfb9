// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { Digest } from "#base";
import { renderSize } from "#messages";
import type { JobNote } from "../../registry-jobs/job-note.ts";
import type { RegistryJobRun, RegistryJobWorker } from "../../registry-jobs/registry-job-worker.ts";
import { blobKey } from "../content/content-locks.ts";
import type { StoredContent } from "../content/stored-content.ts";
import { type CollectionPosition, parseCollectionPosition } from "./collection-position.ts";

const LINKS_AT_ONCE = 5_000;
const FILES_AT_ONCE = 500;

/** What a collection is asked for. */
const parametersSchema: z.ZodType<{ readonly isDryRun?: boolean }> = z.object({
  isDryRun: z.exactOptional(z.boolean()),
});

/** What a collection took away, or with `isDryRun` would have. */
export interface CollectionResult {
  readonly isDryRun: boolean;
  /** Blobs that were taken out of a repository because no manifest there names them. */
  readonly links: number;
  /** Files that were removed, and their size. */
  readonly blobs: number;
  readonly bytes: number;
  readonly uploads: number;
  readonly repositories: number;
}

/**
 * Online garbage collection by reference counting. A repository lets go of blobs that none of its manifests names and that were not asked
 * for within the grace; then every file goes that no repository has. Pushes go on meanwhile: the database takes the rows that a push needs
 * from nobody (`dropUnneededLinks`), and nobody links a file while it is looked at (`removeUnheld`). It can be interrupted at any
 * moment and goes on with the links, or files, after the last that it looked at.
 */
export const garbageCollector: RegistryJobWorker = { kind: "gc", run };

/** A collection at work. */
interface Collection {
  readonly job: RegistryJobRun;
  readonly content: StoredContent;
  readonly isDryRun: boolean;
  /** What was linked or stored before may go. */
  readonly before: Date;
}

async function run(job: RegistryJobRun): Promise<CollectionResult> {
  const { context } = job;
  const { content } = context;
  if (content === undefined) {
    throw new Error("garbage is collected by a process with the role registry");
  }
  const { isDryRun = false } = parametersSchema.parse(job.job.parameters);
  const { gcGraceMs, uploadMaxAgeMs } = context.configuration.registry;
  const now = context.clock.now().getTime();
  const collection: Collection = { job, content, isDryRun, before: new Date(now - gcGraceMs) };
  const start =
    parseCollectionPosition(job.job.position) ??
    (await begin(collection, isDryRun ? 0 : await content.uploads.prune(new Date(now - uploadMaxAgeMs))));
  const { links, blobs, bytes, uploads } = await removeFiles(collection, await letGo(collection, start));
  if (!isDryRun) {
    // what no repository has any more need not be repaired
    await context.database.damagedBlobs.forgetUnheld();
  }
  const repositories = isDryRun ? 0 : await context.database.registry.dropEmptyRepositories(collection.before);
  const result = { isDryRun, links, blobs, bytes, uploads, repositories };
  job.log.info(result, "garbage was collected");
  return result;
}

async function begin({ job }: Collection, uploads: number): Promise<CollectionPosition> {
  const { registry } = job.context.database;
  const { blobs, manifests } = await registry.totalUsage();
  const none = { seenLinks: 0, seenFiles: 0, hasSeenLinks: false, links: 0, blobs: 0, bytes: 0 };
  return { ...none, totalLinks: await registry.countLinks(), totalFiles: blobs + manifests, uploads };
}

async function letGo(collection: Collection, start: CollectionPosition): Promise<CollectionPosition> {
  const { job, content, isDryRun, before } = collection;
  let position = start;
  while (!position.hasSeenLinks) {
    job.signal.throwIfAborted();
    const { link, ...rest } = position;
    const { dropped, next } = await job.context.database.registry.dropUnneededLinks({
      linkedBefore: before,
      isDryRun,
      limit: LINKS_AT_ONCE,
      ...(link === undefined ? {} : { after: link }),
    });
    for (const { repository, digest } of isDryRun ? [] : dropped) {
      content.forgetBlob(repository, digest);
    }
    if (!isDryRun && dropped.length > 0) {
      await job.context.database.events.publish({ type: "links-dropped" });
    }
    position = {
      ...rest,
      seenLinks: next === undefined ? rest.totalLinks : Math.min(rest.seenLinks + LINKS_AT_ONCE, rest.totalLinks),
      links: rest.links + dropped.length,
      ...(next === undefined ? { hasSeenLinks: true } : { link: next }),
    };
    await note(job, position, { code: "links", params: { count: position.links } });
  }
  return position;
}

async function removeFiles(collection: Collection, start: CollectionPosition): Promise<CollectionPosition> {
  const { job, before } = collection;
  let position = start;
  let { seenFiles } = start;
  let batch = new Map<Digest, number>();

  async function look(file: Digest): Promise<void> {
    job.signal.throwIfAborted();
    const removed = await removeUnneeded(collection, batch);
    batch = new Map();
    position = {
      ...position,
      file,
      seenFiles,
      blobs: position.blobs + removed.blobs,
      bytes: position.bytes + removed.bytes,
    };
    const size = renderSize(position.bytes);
    await note(job, position, { code: "files", params: { count: position.blobs, size } });
  }

  let last: Digest | undefined;
  for await (const { digest, sizeBytes, storedAt } of job.context.blobs.list(start.file)) {
    last = digest;
    seenFiles += 1;
    // A file that is younger may be on its way into a repository, by another process of a rolling update even.
    if (storedAt < before) {
      batch.set(digest, sizeBytes);
    }
    if (batch.size >= FILES_AT_ONCE) {
      await look(digest);
    }
  }
  if (last !== undefined) {
    await look(last);
  }
  return position;
}

async function note(job: RegistryJobRun, position: CollectionPosition, message: JobNote): Promise<void> {
  const { seenLinks, seenFiles, totalLinks, totalFiles } = position;
  const done = seenLinks + seenFiles;
  await job.report({ done, total: Math.max(totalLinks + totalFiles, done), unit: "items", message, position });
}

async function removeUnneeded(
  { job, content, isDryRun, before }: Collection,
  batch: ReadonlyMap<Digest, number>,
): Promise<{ readonly blobs: number; readonly bytes: number }> {
  const { registry } = job.context.database;
  const removed = { blobs: 0, bytes: 0 };
  const options = isDryRun ? { without: { linkedBefore: before } } : undefined;
  const holders = await registry.countHolders([...batch.keys()], options);
  for (const [digest, sizeBytes] of batch) {
    job.signal.throwIfAborted();
    const isNeeded = holders.has(digest);
    const gone = isNeeded ? undefined : isDryRun ? sizeBytes : await removeFile(job, content, digest);
    if (gone !== undefined) {
      removed.blobs += 1;
      removed.bytes += gone;
    }
  }
  return removed;
}

/** Asked again with the locks (of this process, and of all of them) that every push takes around finding or storing the blob and linking it. */
async function removeFile(
  { context }: RegistryJobRun,
  content: StoredContent,
  digest: Digest,
): Promise<number | undefined> {
  // what a snapshot needs stays, too; the next collection takes it
  return await content.parts.locks.hold({ exclusive: [blobKey(digest)] }, () =>
    context.database.registry.removeUnheld(digest, (mayGo) => context.blobs.remove(digest, mayGo)),
  );
}
