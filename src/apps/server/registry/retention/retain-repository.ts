// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { TagUse } from "#database";
import { daysBefore, planRetention, type RetentionRule, untaggedDays } from "#registry";
import type { RegistryJobRun } from "../../registry-jobs/registry-job-worker.ts";
import { digestOfTag } from "../../signatures/index.ts";
import type { ChangeGuard } from "../content/content-guards.ts";
import type { Author } from "../content/registry-content.ts";
import { RegistryError } from "../errors.ts";
import type { RemovedContent, RetentionCount } from "./retention-result.ts";

const PAGE = 500;

export interface RetentionParts {
  readonly run: RegistryJobRun;
  readonly guard: ChangeGuard;
  readonly author: Author;
  readonly count: RetentionCount;
  readonly isDryRun: boolean;
}

/** Removes, or only counts, what the rules do not keep in one repository. */
export async function retainRepository(
  parts: RetentionParts,
  repository: string,
  rules: readonly RetentionRule[],
): Promise<void> {
  const { run, count } = parts;
  const now = run.context.clock.now();
  const uses = await run.context.database.registry.listTagUses(repository);
  // what cosign keeps under a tag lives as long as its image, whatever rules say of tags
  const images = uses.filter(({ tag }) => digestOfTag(tag) === undefined);
  const fates = planRetention(images, rules, now);
  const going: string[] = [];
  for (const use of images) {
    if (fates.get(use.tag)?.isKept === false && (await removeTag(parts, repository, use))) {
      going.push(use.tag);
    }
  }
  const days = untaggedDays(rules);
  if (days !== undefined) {
    const before = daysBefore(now, days);
    const accessories = uses.filter((use) => digestOfTag(use.tag) !== undefined && use.pushedAt < before);
    going.push(...(await removeOrphanTags(parts, repository, accessories)));
    await removeUnnamed(parts, repository, { before, going });
  }
  count.countRepository(images.length - going.filter((tag) => fates.has(tag)).length);
}

/** Tags of signatures whose image is not there any more. */
async function removeOrphanTags(
  parts: RetentionParts,
  repository: string,
  accessories: readonly TagUse[],
): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const use of accessories) {
    const subject = digestOfTag(use.tag);
    const isOrphan = subject !== undefined && (await parts.run.content.findManifest(repository, subject)) === undefined;
    if (isOrphan && (await removeTag(parts, repository, use))) {
      removed.push(use.tag);
    }
  }
  return removed;
}

async function removeTag(parts: RetentionParts, repository: string, use: TagUse): Promise<boolean> {
  const { tag, digest } = use;
  const { run, guard, author, isDryRun } = parts;
  return await remove(parts, { repository, tag, digest }, async () => {
    await (isDryRun
      ? guard.assertMayDeleteTag({ repository, tag, digest }, author)
      : run.content.deleteTag(repository, tag, author, use));
  });
}

async function removeUnnamed(
  parts: RetentionParts,
  repository: string,
  { before, going }: { readonly before: Date; readonly going: readonly string[] },
): Promise<void> {
  const { run, guard, author, isDryRun } = parts;
  const { registry } = run.context.database;
  const seen = new Set<Digest>();
  const gone: Digest[] = [];
  // what hung on what is gone comes in the next round: children of an index, what was attached
  for (;;) {
    // those that stay are listed again, so as many more are asked for
    const limit = PAGE + seen.size;
    const found = await registry.listUnnamed(repository, { before, except: going, gone: isDryRun ? gone : [], limit });
    const unseen = found.filter(({ digest }) => !seen.has(digest));
    if (unseen.length === 0) {
      return;
    }
    for (const { digest } of unseen) {
      seen.add(digest);
      const isGone = await remove(parts, { repository, digest }, async () => {
        const manifest = isDryRun ? await run.content.findManifest(repository, digest) : undefined;
        if (manifest !== undefined) {
          await guard.assertMayDeleteManifest({ manifest, tags: [] }, author);
        } else if (!isDryRun) {
          await run.content.deleteManifest(repository, digest, author, { isUntagged: true });
        }
      });
      if (isGone) {
        gone.push(digest);
      }
    }
  }
}

/** Says whether it is gone, or would be. What is protected, or changed meanwhile, stays and is counted. */
async function remove(parts: RetentionParts, content: RemovedContent, work: () => Promise<void>): Promise<boolean> {
  const { run, count } = parts;
  run.signal.throwIfAborted();
  try {
    await work();
    count.countRemoved(content);
    return true;
  } catch (error) {
    if (!(error instanceof RegistryError)) {
      throw error;
    }
    if (error.code === "DENIED") {
      count.countProtected(content, error.message);
    } else if (error.code !== "MANIFEST_UNKNOWN") {
      throw error;
    }
    return false;
  }
}
