// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { CodedError } from "#base";
import { ImageSourceError } from "#image-source";
import { copiesTag, destinationOf } from "#registry";
import { RegistryJobError } from "../../registry-jobs/errors.ts";
import type { RegistryJobRun, RegistryJobWorker } from "../../registry-jobs/registry-job-worker.ts";
import type { Author } from "../content/registry-content.ts";
import { askedPauseMs } from "../upstream/upstream-health.ts";
import { readReplicationRule } from "./read-replication-rule.ts";
import { isPassing, type ReplicatedImage, type ReplicationParts, replicateImage } from "./replicate-image.ts";
import { openReplicationEnds } from "./replication-ends.ts";
import { parseReplicationParameters, type ReplicationParameters } from "./replication-parameters.ts";
import { addOutcome, NOTHING_REPLICATED, type ReplicationResult } from "./replication-result.ts";

const CONCURRENCY = 2;
/** Tries of the same place after which the image there is passed over. */
const MAX_TRIES_OF_ONE = 3;
/** Images that need no work are passed quickly, again if need be: the place is written for one of so many. */
const IDLE_POSITIONS = 50;
/** Held at once: a registry that lists repositories and tags without end must not fill our memory. */
const MAX_IMAGES = 1_000_000;

/** Where a replication got to: the image after which it goes on, and what came of those before. */
interface Position {
  readonly repository: string;
  readonly reference: string;
  /** Attempts when it was written: how many there have been at the same place since. */
  readonly attempts: number;
  readonly result: ReplicationResult;
}

const position: z.ZodType<Position> = z.object({
  repository: z.string(),
  reference: z.string(),
  attempts: z.number(),
  result: z.custom<ReplicationResult>((value) => typeof value === "object" && value !== null && "counts" in value),
});

/** Carries out replication rules. */
export const replication: RegistryJobWorker = {
  kind: "replicate",
  concurrency: CONCURRENCY,
  isTransient: isPassing,
  retryAfterMs: askedPauseMs,
  run: replicate,
};

async function replicate(run: RegistryJobRun): Promise<ReplicationResult> {
  const { job, context } = run;
  const parameters = parseReplicationParameters(job.parameters);
  const rule = await readReplicationRule(context.database.registryObjects, parameters.rule);
  const author: Author = { actor: `replication/${parameters.rule}`, requestId: `job-${job.id}`, isSystem: true };
  await using ends = await openReplicationEnds(run, rule, author);
  const parts: Omit<ReplicationParts, "isLastTry"> = { run, rule, ends, author };
  const result = parameters.scope === "deleted" ? await deleteTag(parts, parameters) : await copyAll(parts, parameters);
  if (result.counts.failed > 0) {
    const details = { work: "copy", count: result.counts.failed };
    throw new RegistryJobError("COPY_INCOMPLETE", `${result.counts.failed} images were not copied`, {
      result,
      details,
    });
  }
  return result;
}

async function copyAll(
  parts: Omit<ReplicationParts, "isLastTry">,
  parameters: Exclude<ReplicationParameters, { readonly scope: "deleted" }>,
): Promise<ReplicationResult> {
  const { run } = parts;
  const { job } = run;
  const images = await listImages(parts, parameters);
  const before = position.safeParse(job.position);
  let result = before.success ? before.data.result : NOTHING_REPLICATED;
  // after a restart: those up to the place are done, also where others came or went in the meantime
  const start = before.success ? images.findIndex((image) => isAfter(image, before.data)) : 0;
  const firstAt = start === -1 ? images.length : start;
  const tries = job.attempts - (before.success ? before.data.attempts : 0);
  await run.report({ done: firstAt, total: images.length, unit: "items" });
  for (const [index, image] of images.slice(firstAt).entries()) {
    run.signal.throwIfAborted();
    const name = image.reference.includes(":") ? `@${image.reference}` : `:${image.reference}`;
    await run.report({
      done: firstAt + index,
      message: { code: "at", params: { name: `${image.repository}${name}` } },
    });
    const isLastTry = index === 0 && tries > MAX_TRIES_OF_ONE;
    const { outcome, ...more } = await replicateImage({ ...parts, isLastTry }, image);
    result = addOutcome(result, outcome, more);
    const { repository, reference } = image;
    const reached: Position = { repository, reference, attempts: job.attempts, result };
    const isWorthWriting = (outcome !== "present" && outcome !== "kept") || index % IDLE_POSITIONS === 0;
    await run.report({ done: firstAt + index + 1, ...(isWorthWriting ? { position: reached } : {}) });
  }
  return result;
}

/** Everything that the job is to copy, in an order that is the same after a restart. */
async function listImages(
  { rule, ends }: Omit<ReplicationParts, "isLastTry">,
  parameters: Exclude<ReplicationParameters, { readonly scope: "deleted" }>,
): Promise<readonly ReplicatedImage[]> {
  switch (parameters.scope) {
    case "tag":
      return [{ repository: parameters.repository, reference: parameters.tag }];
    case "attached":
      return [{ repository: parameters.repository, reference: parameters.digest }];
    case "all": {
      const images: ReplicatedImage[] = [];
      for (const repository of await ends.listRepositories()) {
        for (const tag of await listTags(ends, repository)) {
          if (copiesTag(rule, tag)) {
            images.push({ repository, reference: tag });
          }
        }
        if (images.length > MAX_IMAGES) {
          throw new ImageSourceError("LIMIT_EXCEEDED", `the rule is about more than ${MAX_IMAGES} images; divide it`);
        }
      }
      return images;
    }
  }
}

/** A repository of a rule that names it need not be there yet. */
async function listTags(ends: ReplicationParts["ends"], repository: string): Promise<readonly string[]> {
  try {
    return await ends.listTags(repository);
  } catch (error) {
    if (error instanceof CodedError && error.code === "REPOSITORY_UNKNOWN") {
      return [];
    }
    throw error;
  }
}

function isAfter(image: ReplicatedImage, place: Pick<Position, "repository" | "reference">): boolean {
  return (
    image.repository > place.repository || (image.repository === place.repository && image.reference > place.reference)
  );
}

/** Only while the tag still leads there to what was deleted here: what somebody else put in its place stays. */
async function deleteTag(
  { run, rule, ends }: Omit<ReplicationParts, "isLastTry">,
  { repository, tag, digest }: Extract<ReplicationParameters, { readonly scope: "deleted" }>,
): Promise<ReplicationResult> {
  const destination = destinationOf(rule, repository);
  if (destination === undefined || (await run.content.findManifest(repository, tag)) !== undefined) {
    return addOutcome(NOTHING_REPLICATED, "kept");
  }
  await using pair = await ends.openPair(repository, destination);
  const isSame = (await pair.findAtTarget(tag)) === digest;
  const isDeleted = isSame && (await pair.deleteAtTarget(tag));
  return addOutcome(NOTHING_REPLICATED, isDeleted ? "deleted" : "kept");
}
