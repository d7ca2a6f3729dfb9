// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { Digest } from "#base";
import type { LinkCursor } from "#database";
import type { RegistryJobRun, RegistryJobWorker } from "../../registry-jobs/registry-job-worker.ts";
import { blobKey } from "../content/content-locks.ts";
import type { StoredContent } from "../content/stored-content.ts";

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
 * from nobody (`dropUnneededLinks`), and nobody links a file while it is looked at (`ContentLocks`). It can be interrupted at any
 * moment; the next one begins anew, which costs little more than reading the names.
 */
export const garbageCollector: RegistryJobWorker = { kind: "gc", run };

/** The files of a collection that only tells: digests that would be let go, and by how many repositories. */
type Candidates = Map<Digest, number>;

async function run(job: RegistryJobRun): Promise<CollectionResult> {
  const { context } = job;
  const { content } = context;
  if (content === undefined) {
    throw new Error("garbage is collected by a process with the role registry");
  }
  const { isDryRun = false } = parametersSchema.parse(job.job.parameters);
  const { gcGraceMs, uploadMaxAgeMs } = context.configuration.registry;
  const now = context.clock.now().getTime();
  const grace = new Date(now - gcGraceMs);
  const uploads = isDryRun ? 0 : await content.uploads.prune(new Date(now - uploadMaxAgeMs));
  const candidates: Candidates = new Map();
  const links = await letGo(job, content, { linkedBefore: grace, isDryRun, candidates });
  const files = await removeFiles(job, content, { storedBefore: grace, isDryRun, candidates });
  if (!isDryRun) {
    // what no repository has any more need not be repaired
    await context.database.damagedBlobs.forgetUnheld();
  }
  const repositories = isDryRun ? 0 : await context.database.registry.dropEmptyRepositories(grace);
  const result = { isDryRun, links, ...files, uploads, repositories };
  job.log.info(result, "garbage was collected");
  return result;
}

async function letGo(
  { context, signal, report }: RegistryJobRun,
  content: StoredContent,
  how: { readonly linkedBefore: Date; readonly isDryRun: boolean; readonly candidates: Candidates },
): Promise<number> {
  const { linkedBefore, isDryRun, candidates } = how;
  let links = 0;
  let after: LinkCursor | undefined;
  do {
    signal.throwIfAborted();
    const walk = { linkedBefore, isDryRun, limit: LINKS_AT_ONCE, ...(after === undefined ? {} : { after }) };
    const { dropped, next } = await context.database.registry.dropUnneededLinks(walk);
    for (const { repository, digest } of dropped) {
      if (isDryRun) {
        candidates.set(digest, (candidates.get(digest) ?? 0) + 1);
      } else {
        content.forgetBlob(repository, digest);
      }
    }
    links += dropped.length;
    after = next;
    await report({ message: `links: ${links}` });
  } while (after !== undefined);
  return links;
}

async function removeFiles(
  job: RegistryJobRun,
  content: StoredContent,
  how: { readonly storedBefore: Date; readonly isDryRun: boolean; readonly candidates: Candidates },
): Promise<{ readonly blobs: number; readonly bytes: number }> {
  const { context, signal, report } = job;
  const removed = { blobs: 0, bytes: 0 };
  let seen = 0;

  async function look(batch: ReadonlyMap<Digest, number>): Promise<void> {
    signal.throwIfAborted();
    const holders = await context.database.registry.countHolders([...batch.keys()]);
    for (const [digest, sizeBytes] of batch) {
      const isNeeded = (holders.get(digest) ?? 0) > (how.candidates.get(digest) ?? 0);
      const gone = isNeeded ? undefined : how.isDryRun ? sizeBytes : await removeUnneeded(job, content, digest);
      if (gone !== undefined) {
        removed.blobs += 1;
        removed.bytes += gone;
      }
    }
    seen += batch.size;
    await report({ done: seen, unit: "items", message: `blobs: ${removed.blobs}, bytes: ${removed.bytes}` });
  }

  let batch = new Map<Digest, number>();
  for await (const { digest, sizeBytes, storedAt } of context.blobs.list()) {
    // A file that is younger may be on its way into a repository, by another process of a rolling update even.
    if (storedAt < how.storedBefore) {
      batch.set(digest, sizeBytes);
    }
    if (batch.size >= FILES_AT_ONCE) {
      await look(batch);
      batch = new Map();
    }
  }
  await look(batch);
  return removed;
}

/** Asked again with the lock that every push takes around finding or storing the blob and linking it. */
async function removeUnneeded(
  { context }: RegistryJobRun,
  content: StoredContent,
  digest: Digest,
): Promise<number | undefined> {
  const { locks } = content.parts;
  return await locks.hold({ exclusive: [blobKey(digest)] }, async () => {
    if (locks.areRemovalsHeld) {
      // a snapshot copies what was there at its instant; the next collection takes it
      return undefined;
    }
    const holders = await context.database.registry.countHolders([digest]);
    return holders.has(digest) ? undefined : await context.blobs.remove(digest);
  });
}
