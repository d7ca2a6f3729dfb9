// SPDX-License-Identifier: Apache-2.0
import { CodedError, type Digest, messageOf, parseDigest } from "#base";
import { DatabaseError } from "#database";
import { destinationOf, type ReplicationRule } from "#registry";
import type { RegistryJobRun } from "../../registry-jobs/registry-job-worker.ts";
import type { Author } from "../content/registry-content.ts";
import { ImageCopy } from "../copy/image-copy.ts";
import { stateOf } from "../upstream/upstream-health.ts";
import type { ReplicationEnds, RepositoryPair } from "./replication-ends.ts";
import type { ReplicationOutcome, ReplicationResult } from "./replication-result.ts";

/** Without other credentials or settings nothing can be copied, so that going on is of no use. */
const FATAL: readonly string[] = [
  ...["UNAUTHORIZED", "PLAIN_HTTP_REFUSED", "ADDRESS_REFUSED", "CREDENTIALS_INVALID"],
  ...["DISK_FULL", "DISK_READ_ONLY", "UNAVAILABLE"],
];
/** Failures that may be those of one image only, so that one that fails again and again is passed over. */
const OF_ONE: readonly string[] = ["REGISTRY_TIMEOUT", "REGISTRY_FAILED"];
/** How long one image is waited for whose scan is under way. */
const SCAN_WAIT_MS = 120_000;

/** One image at the source. */
export interface ReplicatedImage {
  readonly repository: string;
  /** A tag, or a digest whose attached manifests are meant. */
  readonly reference: string;
}

export interface ImageOutcome {
  readonly outcome: ReplicationOutcome;
  readonly manifests?: number;
  readonly bytes?: number;
  readonly problems?: ReplicationResult["problems"];
}

export interface ReplicationParts {
  readonly run: RegistryJobRun;
  readonly rule: ReplicationRule;
  readonly ends: ReplicationEnds;
  readonly author: Author;
  /** Failures that pass count as failures of the image: it kept the job from going on too often. */
  readonly isLastTry: boolean;
}

/** Whether another try of the same may go well. */
export function isPassing(error: unknown): boolean {
  return stateOf(error) !== undefined;
}

/**
 * Copies one image with its children and all that is attached. What is wrong with the image is its outcome; what is wrong with the
 * registry over there, or with ours, is thrown.
 */
export async function replicateImage(parts: ReplicationParts, image: ReplicatedImage): Promise<ImageOutcome> {
  const { run, rule, ends, isLastTry } = parts;
  const { repository, reference } = image;
  const what = reference.includes(":") ? `${repository}@${reference}` : `${repository}:${reference}`;
  const destination = destinationOf(rule, repository);
  if (destination === undefined) {
    return { outcome: "failed", problems: [{ what, why: "the name at the destination is none of a repository" }] };
  }
  try {
    await using pair = await ends.openPair(repository, destination);
    const digest = parseDigest(reference);
    return digest === undefined
      ? await copyTag(parts, pair, { ...image, destination })
      : await copyAttached(parts, pair, { repository, destination, digest });
  } catch (error) {
    run.signal.throwIfAborted();
    const isOfTheImage =
      error instanceof CodedError &&
      !(error instanceof DatabaseError) &&
      !FATAL.includes(error.code) &&
      (!isPassing(error) || (isLastTry && OF_ONE.includes(error.code)));
    if (!isOfTheImage) {
      throw error;
    }
    return { outcome: "failed", problems: [{ what, why: `${String(error.code)}: ${messageOf(error)}`.slice(0, 500) }] };
  }
}

async function copyTag(
  parts: ReplicationParts,
  pair: RepositoryPair,
  image: ReplicatedImage & { readonly destination: string },
): Promise<ImageOutcome> {
  const { run, rule } = parts;
  const { repository, reference: tag, destination } = image;
  const [from, to] = [await pair.findAtSource(tag), await pair.findAtTarget(tag)];
  if (from !== undefined && to !== undefined && to !== from && rule.duplicates === "skip") {
    return { outcome: "kept" };
  }
  if (rule.onlyAllowed === true) {
    if (from === undefined) {
      // not read by its tag: what is pushed in this moment was not judged, and is copied by the next replication
      return { outcome: "gone" };
    }
    if (!(await isAllowed(run, repository, { tag, digest: from }))) {
      return { outcome: "not-allowed" };
    }
  }
  // by digest where the source says one, so that what was judged is what is copied
  const fetched = await pair.source.readManifest(from ?? tag, run.signal);
  if (fetched === undefined) {
    return { outcome: "gone" };
  }
  const copy = startCopy(parts, pair, { repository, destination });
  if (to !== fetched.digest) {
    await copy.copyImage(fetched, tag);
  }
  await copy.copyAttached(fetched);
  const { manifests, bytes, problems } = copy.counts;
  return { outcome: to === fetched.digest && manifests === 0 ? "present" : "copied", manifests, bytes, problems };
}

/** A signature of an image that the destination has: it follows. One of an image that was not copied stays here. */
async function copyAttached(
  parts: ReplicationParts,
  pair: RepositoryPair,
  image: { readonly repository: string; readonly destination: string; readonly digest: Digest },
): Promise<ImageOutcome> {
  const fetched = await pair.source.readManifest(image.digest, parts.run.signal);
  if (fetched === undefined || (await pair.findAtTarget(image.digest)) === undefined) {
    return { outcome: "gone" };
  }
  const copy = startCopy(parts, pair, image);
  await copy.copyAttached(fetched);
  const { manifests, bytes, problems } = copy.counts;
  return { outcome: manifests === 0 ? "present" : "copied", manifests, bytes, problems };
}

function startCopy(
  { run, rule, author }: ReplicationParts,
  pair: RepositoryPair,
  { repository, destination }: { readonly repository: string; readonly destination: string },
): ImageCopy {
  return new ImageCopy({
    source: pair.source,
    content: pair.target,
    repository: destination,
    author,
    signal: run.signal,
    ...(rule.onlyAllowed === true
      ? { isArtifact: async (digest) => (await run.content.findManifest(repository, digest))?.kind === "artifact" }
      : {}),
  });
}

async function isAllowed(
  { context, signal }: RegistryJobRun,
  repository: string,
  { tag, digest }: { readonly tag: string; readonly digest: Digest },
): Promise<boolean> {
  const { judge, configuration } = context;
  await judge.waitForScan(digest, SCAN_WAIT_MS, signal);
  const reference = `${configuration.registry.names[0] ?? "localhost"}/${repository}:${tag}`;
  const { verdict } = await judge.judge({ reference, repository, digest });
  return verdict.outcome === "allow";
}
