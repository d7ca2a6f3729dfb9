// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { Clock, Digest } from "#base";
import type { ImageReference } from "#oci";
import {
  type EvaluationInput,
  evaluate,
  factsNeeded,
  type ImageFacts,
  type ReasonCode,
  shareOf,
  spellingFor,
  type Verdict,
} from "#policy";
import type { Judge, PullAccess, RemotePlace } from "../context.ts";
import { problemOf, RemoteImageError } from "../images/index.ts";
import { workloadKeyOf } from "../judge/index.ts";
import { type AtOnce, follow } from "./at-once.ts";
import { Deadlines } from "./deadlines.ts";
import { createReferenceReader } from "./reference-reader.ts";
import type { TagResolver } from "./tag-resolver.ts";

/** References whose verdict needs no facts, and is therefore the same until the policies change. */
const MAX_REMEMBERED = 20_000;
/** Exceptions end; a verdict that one of them made is looked at again by then at the latest. */
const REMEMBERED_MS = 60_000;
/** A little after the deadline: what knows of it by itself has the better answer. */
const LATE_MS = 50;

/** What is asked about one image. */
export interface ImageQuestion {
  readonly reference: string;
  readonly namespace: string | undefined;
  /** `performance.now()` at which the answer must be there. */
  readonly deadline: number;
  /** Whether to wait for a scan in progress. */
  readonly waits: boolean;
  /** What the image runs in, for exceptions that name workloads. */
  readonly workload?: { readonly kind: string; readonly name: string };
  /** How images of other registries may be read; without it they are not looked up. */
  readonly access?: PullAccess;
  /** What the Pod claims was written before the gate pinned the image; looked into, never believed. */
  readonly claimedOriginal?: string;
  readonly log: () => Logger;
}

/** The verdict on an image, and the reference with its digest in case it should be pinned. */
export interface ImageAnswer {
  readonly verdict: Verdict;
  readonly pinned?: string;
}

/** Judges the images that Pods name. */
export type ImageJudge = (question: ImageQuestion) => AtOnce<ImageAnswer>;

/** A manifest of our registry, or with `remote` of another one, and the name that it is judged by. */
interface NamedImage {
  readonly reference: string;
  readonly repository: string;
  readonly digest: Digest;
  readonly remote?: RemotePlace;
}

/** An image as it was written, and the manifest that is meant. */
interface ResolvedImage {
  readonly parsed: ImageReference;
  readonly digest: Digest;
  readonly remote: RemotePlace | undefined;
}

interface WithoutFacts {
  readonly verdict: Verdict;
  readonly needsFacts: boolean;
  readonly madeMs: number;
}

/** A judge of images by name. It never throws or rejects: what goes wrong is an undecided verdict, and a line in the log. */
export function createImageJudge(options: {
  readonly judge: Judge;
  readonly tags: TagResolver;
  /** Names (host, host:port) of our registry. */
  readonly registryNames: readonly string[];
  /** Whether a trust service (Notary v1) of another registry is known. */
  readonly hasTrustService: (registry: string) => boolean;
  readonly clock: Clock;
  /** Ends waiting for scans. */
  readonly stopping: AbortSignal;
}): ImageJudge {
  const { judge, tags, clock, stopping } = options;
  const names = new Set(options.registryNames.map((name) => name.toLowerCase()));
  const aliases = [...names];
  const withoutFacts = new Map<string, WithoutFacts>();
  const readReference = createReferenceReader();
  const deadlines = new Deadlines();

  function askedOf(question: ImageQuestion, isOurs: boolean): Omit<EvaluationInput, "facts" | "now"> {
    const { documents, ...set } = judge.policies.current().admission;
    const { reference, namespace, workload } = question;
    return {
      reference,
      ...set,
      policies: documents,
      hostAliases: isOurs ? aliases : [],
      ...(namespace === undefined ? {} : { namespace }),
      ...(workload === undefined ? {} : { workload }),
    };
  }

  /** What the policies say of an image of which nothing is known. */
  function judgeUnknown(
    question: ImageQuestion,
    registry: string,
    problem?: Extract<ImageFacts, { kind: "unknown" }>["problem"],
  ): { verdict: Verdict; needsFacts: boolean } {
    const asked = askedOf(question, names.has(registry));
    // Of our own registry the verifier says so by itself, once it has looked.
    const hasTrustService = names.has(registry) || options.hasTrustService(registry);
    const facts = { kind: "unknown", hasTrustService, ...(problem === undefined ? {} : { problem }) } as const;
    const needed = factsNeeded(asked);
    return {
      verdict: evaluate({ ...asked, facts, now: clock.now() }),
      needsFacts: needed.scan || needed.digest || needed.trust.length > 0,
    };
  }

  /** Where the policy only asks for the digest, an image without one would pass unpinned. */
  function judgeProblem(question: ImageQuestion, registry: string, error: RemoteImageError): Verdict {
    const problem = problemOf(error);
    const { verdict } = judgeUnknown(question, registry, problem);
    return verdict.outcome !== "allow" || !verdict.mutateImage
      ? verdict
      : {
          ...verdict,
          outcome: problem.effect === "deny" ? "deny" : "undecided",
          reasons: [problem, ...verdict.reasons],
        };
  }

  function judgeWithoutFacts(question: ImageQuestion, registry: string): WithoutFacts {
    const { reference, namespace } = question;
    const share = shareOf(judge.policies.current().admission, namespace);
    // what holds for every namespace without something of its own is found under one key, however many there are
    const place = share.isCommon ? "" : (namespace ?? "");
    const key = `${reference} ${place} ${share.generation} ${workloadKeyOf(question.workload, share)}`;
    const nowMs = clock.now().getTime();
    const known = withoutFacts.get(key);
    // what no policy decided names the namespace that it was made for
    const isSuitable = known?.verdict.policy !== undefined || !share.isCommon;
    if (known !== undefined && isSuitable && nowMs >= known.madeMs && nowMs < endOf(known)) {
      return known;
    }
    const made = { ...judgeUnknown(question, registry), madeMs: nowMs };
    if (withoutFacts.size >= MAX_REMEMBERED) {
      withoutFacts.clear();
    }
    withoutFacts.set(key, made);
    return made;
  }

  function judgeImage(question: ImageQuestion, image: NamedImage): AtOnce<Verdict> {
    const { namespace, workload } = question;
    function judgeNow(): AtOnce<Verdict> {
      const judged = judge.judge({
        ...image,
        gate: "admission",
        indexRule: "every-child",
        ...(namespace === undefined ? {} : { namespace }),
        ...(workload === undefined ? {} : { workload }),
        timeoutMs: leftUntil(question.deadline),
      });
      return follow(judged, ({ verdict }) => verdict);
    }
    return follow(judgeNow(), (verdict) => {
      const leftMs = leftUntil(question.deadline);
      return !question.waits || stopping.aborted || leftMs <= 0 || !isPending(verdict)
        ? verdict
        : untilAborted(judge.waitForScan(image.digest, leftMs), stopping).then(judgeNow);
    });
  }

  /** What the tag names now; `undefined` when our registry has none. Throws RemoteImageError for another registry. */
  function resolve(
    { registry, repository, tag = "latest" }: ImageReference,
    remote: RemotePlace | undefined,
  ): AtOnce<Digest | undefined> {
    return remote?.access === undefined
      ? tags.resolve(repository, tag)
      : judge.images?.resolve({ registry, repository, tag }, remote.access);
  }

  /**
   * A pinned image no longer matches an entry for its tag. If the tag that the Pod claims names this very digest now,
   * the image may as well be judged by that name: whoever writes the tag gets the same.
   */
  async function judgeByClaim(question: ImageQuestion, pinned: ResolvedImage): Promise<Verdict | undefined> {
    const claimed = question.claimedOriginal === undefined ? undefined : readReference(question.claimedOriginal);
    const { parsed, digest, remote } = pinned;
    if (
      claimed?.tag === undefined ||
      claimed.digest !== undefined ||
      claimed.registry !== parsed.registry ||
      claimed.repository !== parsed.repository ||
      (await resolveQuietly(claimed, remote)) !== digest
    ) {
      return undefined;
    }
    const { raw: reference, repository } = claimed;
    return await judgeImage(
      { ...question, reference },
      { reference, repository, digest, ...(remote === undefined ? {} : { remote }) },
    );
  }

  async function resolveQuietly(claimed: ImageReference, remote: RemotePlace | undefined): Promise<Digest | undefined> {
    try {
      return await resolve(claimed, remote);
    } catch (error) {
      if (error instanceof RemoteImageError) {
        // the claim cannot be looked into, so it counts for nothing
        return undefined;
      }
      throw error;
    }
  }

  function judgeNamed(
    question: ImageQuestion,
    parsed: ImageReference,
    known: { readonly unknown: Verdict; readonly remote: RemotePlace | undefined },
  ): AtOnce<ImageAnswer> {
    const { remote } = known;
    return follow(parsed.digest ?? resolve(parsed, remote), (digest) =>
      digest === undefined ? { verdict: known.unknown } : judgeResolved(question, { parsed, digest, remote }),
    );
  }

  function judgeResolved(question: ImageQuestion, image: ResolvedImage): AtOnce<ImageAnswer> {
    const { parsed, digest, remote } = image;
    const { registry, repository, raw: reference } = parsed;
    const place = remote === undefined ? {} : { remote };
    return follow(judgeImage(question, { reference, repository, digest, ...place }), (verdict) => {
      if (parsed.digest !== undefined) {
        return verdict.outcome === "allow" ? { verdict } : allowByClaim(question, image, verdict);
      }
      return verdict.mutateImage && verdict.digest !== undefined
        ? { verdict, pinned: `${registry}/${repository}@${verdict.digest}` }
        : { verdict };
    });
  }

  async function allowByClaim(question: ImageQuestion, image: ResolvedImage, verdict: Verdict): Promise<ImageAnswer> {
    const byClaim = await judgeByClaim(question, image);
    return { verdict: byClaim?.outcome === "allow" ? byClaim : verdict };
  }

  return (question) => {
    const { reference, access, log } = question;
    const parsed = readReference(reference);
    if (parsed === undefined) {
      const { documents } = judge.policies.current().admission;
      const spelling = spellingFor(documents, question.namespace);
      return { verdict: { ...verdictOf("REFERENCE_INVALID", "deny"), ...spelling } };
    }
    const { registry } = parsed;
    const { verdict: unknown, needsFacts } = judgeWithoutFacts(question, registry);
    const isOurs = names.has(registry);
    if (!needsFacts || (!isOurs && (judge.images === undefined || access === undefined))) {
      return { verdict: unknown };
    }

    function judgeFailure(error: unknown): ImageAnswer {
      if (error instanceof RemoteImageError) {
        log().info({ reference, code: error.code, reason: error.message }, "an image could not be read");
        return { verdict: judgeProblem(question, registry, error) };
      }
      log().error({ err: error, reference }, "could not look up an image");
      return { verdict: { ...verdictOf("LOOKUP_FAILED", "undecided"), mode: unknown.mode } };
    }

    try {
      const remote = isOurs || access === undefined ? undefined : { registry, access };
      const judging = judgeNamed(question, parsed, { unknown, remote });
      return judging instanceof Promise
        ? deadlines.wait(judging, question.deadline + LATE_MS, refuseLate).catch(judgeFailure)
        : judging;
    } catch (error) {
      return judgeFailure(error);
    }
  };
}

function refuseLate(): never {
  throw new Error("no answer in time");
}

function endOf({ verdict, madeMs }: WithoutFacts): number {
  const untilMs = verdict.validUntil === undefined ? Number.POSITIVE_INFINITY : Date.parse(verdict.validUntil);
  return Math.min(madeMs + REMEMBERED_MS, untilMs);
}

function leftUntil(deadline: number): number {
  return Math.max(0, deadline - performance.now());
}

function isPending(verdict: Verdict): boolean {
  return verdict.outcome === "undecided" && verdict.reasons.some((reason) => reason.code === "SCAN_PENDING");
}

function verdictOf(code: ReasonCode, effect: "deny" | "undecided"): Verdict {
  return { outcome: effect, reasons: [{ code, effect, params: {} }], mode: "enforce", mutateImage: false };
}

async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  signal.addEventListener("abort", resolve);
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", resolve);
  }
}
