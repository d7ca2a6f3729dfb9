// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { FetchedManifest } from "#image-source";
import { RegistryJobError } from "../../registry-jobs/errors.ts";
import type { RegistryJobRun, RegistryJobWorker } from "../../registry-jobs/registry-job-worker.ts";
import { type CopyCounts, ImageCopy } from "../copy/image-copy.ts";
import { RegistryError } from "../errors.ts";
import { askedPauseMs, stateOf } from "../upstream/upstream-health.ts";
import { PromotionError } from "./errors.ts";
import { judgePromotion } from "./judge-promotion.ts";
import { openPromotionEnds, type PromotionEnds } from "./promotion-ends.ts";
import { type PromotionParameters, promotionParametersSchema } from "./promotion-parameters.ts";
import { type PromotionPosition, parsePromotionPosition } from "./promotion-position.ts";
import { PromotionProgress } from "./promotion-progress.ts";
import { destinationOf, type PromotionRule } from "./promotion-rule.ts";
import { findPromotionRule } from "./request-promotion.ts";

const SCAN_WAIT_MS = 60_000;

/** What came of a promotion. */
export interface PromotionResult {
  readonly from: string;
  readonly to: string;
  readonly digest: Digest;
  /** Manifests that were new at the destination, with what is attached to the image. */
  readonly manifests: number;
  readonly problems: CopyCounts["problems"];
}

/** Copies an image to another prefix or registry, if it is allowed at that moment. After a restart it goes on where it was. */
export const promoteWorker: RegistryJobWorker = {
  kind: "promote",
  run: promote,
  isTransient: (error) =>
    (error instanceof PromotionError && error.code === "VERDICT_PENDING") || stateOf(error) !== undefined,
  retryAfterMs: askedPauseMs,
};

async function promote(run: RegistryJobRun): Promise<PromotionResult> {
  const { context, job, signal } = run;
  const parsed = promotionParametersSchema.safeParse(job.parameters);
  if (!parsed.success) {
    throw new RegistryJobError("JOB_INVALID", "the parameters of the job are not those of a promotion");
  }
  const image = parsed.data;
  const rule = await findPromotionRule(context, image.rule);
  assertAgreed(run, rule, image);
  await using ends = await openPromotionEnds(run, rule, image);
  await assertFree(ends, image);
  const manifest = await readSource(run, image);
  const progress = new PromotionProgress(run, manifest);
  await progress.note("judging");
  await assertAllowed(run, image);
  const { from, to, tag, digest } = image;
  const start = await startOf(ends, { to, digest }, parsePromotionPosition(job.position));
  const copy: ImageCopy = new ImageCopy({
    source: ends.source,
    content: ends.target,
    repository: to,
    isArtifact: async (attached) => (await run.content.findManifest(from, attached))?.kind === "artifact",
    author: { actor: job.decidedBy ?? job.requestedBy, requestId: `job-${job.id}`, isSystem: true },
    signal,
    onManifest: () => progress.noteManifests(counts().manifests, copying),
  });
  function counts(): Pick<PromotionResult, "manifests" | "problems"> {
    const { manifests, problems } = copy.counts;
    return { manifests: start.manifests + manifests, problems: [...start.problems, ...problems] };
  }
  let copying: "image" | "attached" = "image";
  // signatures first: nobody finds the image unsigned under its new name
  if (start.next === "image") {
    await progress.note("copying", { next: "image", manifests: start.manifests, problems: [] });
    await copy.copyImage(manifest);
  }
  if (start.next !== "tag") {
    copying = "attached";
    await progress.note("attaching", { next: "attached", manifests: counts().manifests, problems: [] });
    await copy.copyAttached(manifest);
  }
  // what was found out meanwhile counts
  await assertAllowed(run, image);
  await assertFree(ends, image);
  await progress.note("tagging", { next: "tag", ...counts() });
  await tagAsNew(copy, manifest, image);
  const destination = `${image.registry === undefined ? "" : `${image.registry}/`}${to}:${tag}`;
  await context.database.audit.append({
    actor: job.decidedBy ?? job.requestedBy,
    action: "image-promoted",
    target: `${from}:${tag}@${digest} → ${destination} (rule ${image.rule}, asked for by ${job.requestedBy})`,
    requestId: `job-${job.id}`,
    at: context.clock.now().toISOString(),
  });
  await progress.finish();
  return { from: `${from}:${tag}`, to: destination, digest, ...counts() };
}

/** Where it goes on: what the destination does not have any more is copied again, with all that belongs to it. */
async function startOf(
  { target }: PromotionEnds,
  { to, digest }: Pick<PromotionParameters, "to" | "digest">,
  position: PromotionPosition,
): Promise<PromotionPosition> {
  const isThere = position.next === "image" || (await target.findWholeManifest(to, digest)) !== undefined;
  return isThere ? position : { next: "image", manifests: 0, problems: [] };
}

/** Checked here as well as where people agree: whoever makes a job by other means gets nothing. */
function assertAgreed({ job }: RegistryJobRun, rule: PromotionRule, image: PromotionParameters): void {
  if (destinationOf(rule, image.from) !== image.to || rule.registry !== image.registry) {
    throw new PromotionError("IMAGE_NOT_COVERED", "the rule changed since this was asked for; ask again");
  }
  if (rule.needsApproval && (job.decidedBy === undefined || job.decidedBy === job.requestedBy)) {
    throw new PromotionError("APPROVAL_MISSING", "the rule asks for the approval of somebody else than the requester");
  }
}

/** Early, before anything is copied for nothing. */
async function assertFree(ends: PromotionEnds, image: PromotionParameters): Promise<void> {
  const there = await ends.findTagged(image.tag);
  if (there !== undefined && there !== image.digest) {
    throw tagTaken(image, there);
  }
}

/** Whether it is free is said by whoever writes it: anything may have happened since we looked. */
async function tagAsNew(copy: ImageCopy, manifest: FetchedManifest, image: PromotionParameters): Promise<void> {
  try {
    await copy.copyAsNew(manifest, image.tag);
  } catch (error) {
    if (error instanceof RegistryError && typeof error.details["taken"] === "string") {
      throw tagTaken(image, error.details["taken"]);
    }
    throw error;
  }
}

function tagTaken({ to, tag }: PromotionParameters, there: string): PromotionError {
  return new PromotionError("TAG_TAKEN", `${to}:${tag} is another image (${there}); choose another tag`, {
    details: { image: `${to}:${tag}`, there },
  });
}

async function readSource(
  { content }: RegistryJobRun,
  { from, digest }: PromotionParameters,
): Promise<FetchedManifest> {
  const record = await content.findManifest(from, digest);
  if (record === undefined) {
    throw new PromotionError("IMAGE_UNKNOWN", `${from} does not have ${digest} any more`);
  }
  return { mediaType: record.mediaType, digest, bytes: await content.readManifest(digest) };
}

async function assertAllowed({ context, signal }: RegistryJobRun, image: PromotionParameters): Promise<void> {
  let verdict = await judgePromotion(context, image);
  if (verdict.isPending) {
    await context.judge.waitForScan(image.digest, SCAN_WAIT_MS, signal);
    verdict = await judgePromotion(context, image);
  }
  if (verdict.outcome !== "allow") {
    const code = verdict.isPending ? "VERDICT_PENDING" : "IMAGE_REFUSED";
    const isDenied = verdict.outcome === "deny";
    const why = isDenied ? "it is refused" : "nobody can tell whether it may be used";
    throw new PromotionError(code, `the image is not promoted, since ${why}: ${verdict.reasons.en}`, {
      details: { isDenied: isDenied ? "yes" : "no", reasons: verdict.reasons },
    });
  }
}
