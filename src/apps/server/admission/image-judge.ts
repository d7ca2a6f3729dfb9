// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { Digest } from "#base";
import { type ImageReference, parseImageReference } from "#oci";
import { evaluate, factsNeeded, type Reason, type ReasonCode, type Verdict } from "#policy";
import type { Judge } from "../context.ts";
import type { TagResolver } from "./tag-resolver.ts";

/** References whose verdict needs no facts, and is therefore always the same. */
const MAX_REMEMBERED = 20_000;

/** What is asked about one image. */
export interface ImageQuestion {
  readonly reference: string;
  readonly namespace: string | undefined;
  /** `performance.now()` at which the answer must be there. */
  readonly deadline: number;
  /** Whether to wait for a scan in progress. */
  readonly waits: boolean;
  /** What the Pod claims was written before the gate pinned the image; looked into, never believed. */
  readonly claimedOriginal?: string;
  readonly log: Logger;
}

/** The verdict on an image, and the reference with its digest in case it should be pinned. */
export interface ImageAnswer {
  readonly verdict: Verdict;
  readonly pinned?: string;
}

/** Judges the images that Pods name. */
export type ImageJudge = (question: ImageQuestion) => Promise<ImageAnswer>;

/** A judge of images by name. It never rejects: what goes wrong is an undecided verdict, and a line in the log. */
export function createImageJudge(options: {
  readonly judge: Judge;
  readonly tags: TagResolver;
  /** Names (host, host:port) of our registry. */
  readonly registryNames: readonly string[];
  /** Whether a trust service (Notary v1) of another registry is known. */
  readonly hasTrustService: (registry: string) => boolean;
  /** Ends waiting for scans. */
  readonly stopping: AbortSignal;
}): ImageJudge {
  const { judge, tags, stopping } = options;
  const names = options.registryNames.map((name) => name.toLowerCase());
  const withoutFacts = new Map<string, { readonly verdict: Verdict; readonly needsFacts: boolean }>();

  /** What the policies say of an image of which nothing is known. */
  function judgeUnknown(
    reference: string,
    registry: string,
    namespace: string | undefined,
  ): { verdict: Verdict; needsFacts: boolean } {
    const key = JSON.stringify([reference, namespace]);
    const known = withoutFacts.get(key);
    if (known !== undefined) {
      return known;
    }
    const { documents, secrets } = judge.policies.admission;
    const asked = {
      reference,
      policies: documents,
      secrets,
      hostAliases: names,
      ...(namespace === undefined ? {} : { namespace }),
    };
    // Of our own registry the verifier says so by itself, once it has looked.
    const hasTrustService = names.includes(registry) || options.hasTrustService(registry);
    // Without facts nothing has an age, so that the time makes no difference.
    const verdict = evaluate({ ...asked, facts: { kind: "unknown", hasTrustService }, now: new Date(0) });
    const needed = factsNeeded(asked);
    const answer = { verdict, needsFacts: needed.scan || needed.digest || needed.trust.length > 0 };
    if (withoutFacts.size >= MAX_REMEMBERED) {
      withoutFacts.clear();
    }
    withoutFacts.set(key, answer);
    return answer;
  }

  async function judgeStored(
    question: ImageQuestion,
    image: { readonly reference: string; readonly repository: string; readonly digest: Digest },
  ): Promise<Verdict> {
    const { namespace } = question;
    const asked = {
      ...image,
      gate: "admission" as const,
      indexRule: "every-child" as const,
      ...(namespace === undefined ? {} : { namespace }),
    };
    const { verdict } = await judge.judge({ ...asked, timeoutMs: leftUntil(question.deadline) });
    const leftMs = leftUntil(question.deadline);
    if (!question.waits || stopping.aborted || leftMs <= 0 || !isPending(verdict)) {
      return verdict;
    }
    await untilAborted(judge.waitForScan(image.digest, leftMs), stopping);
    return (await judge.judge({ ...asked, timeoutMs: leftUntil(question.deadline) })).verdict;
  }

  /**
   * A pinned image no longer matches an entry for its tag. If the tag that the Pod claims names this very digest now,
   * the image may as well be judged by that name: whoever writes the tag gets the same.
   */
  async function judgeByClaim(
    question: ImageQuestion,
    pinned: { readonly parsed: ImageReference; readonly digest: Digest },
  ): Promise<Verdict | undefined> {
    const claimed = question.claimedOriginal === undefined ? undefined : parseReference(question.claimedOriginal);
    const { parsed, digest } = pinned;
    if (
      claimed?.tag === undefined ||
      claimed.digest !== undefined ||
      claimed.registry !== parsed.registry ||
      claimed.repository !== parsed.repository ||
      (await tags.resolve(claimed.repository, claimed.tag)) !== digest
    ) {
      return undefined;
    }
    return await judgeStored(question, { reference: claimed.raw, repository: claimed.repository, digest });
  }

  async function judgeOurs(question: ImageQuestion, parsed: ImageReference, unknown: Verdict): Promise<ImageAnswer> {
    const { repository } = parsed;
    const digest = parsed.digest ?? (await tags.resolve(repository, parsed.tag ?? "latest"));
    if (digest === undefined) {
      return { verdict: unknown };
    }
    let verdict = await judgeStored(question, { reference: parsed.raw, repository, digest });
    if (parsed.digest !== undefined && verdict.outcome !== "allow") {
      const byClaim = await judgeByClaim(question, { parsed, digest });
      verdict = byClaim?.outcome === "allow" ? byClaim : verdict;
    }
    return parsed.digest === undefined && verdict.mutateImage && verdict.digest !== undefined
      ? { verdict, pinned: `${parsed.registry}/${repository}@${verdict.digest}` }
      : { verdict };
  }

  return async (question) => {
    const { reference, namespace, log } = question;
    const parsed = parseReference(reference);
    if (parsed === undefined) {
      return { verdict: verdictOf("REFERENCE_INVALID", "deny") };
    }
    const unknown = judgeUnknown(reference, parsed.registry, namespace);
    if (!unknown.needsFacts || !names.includes(parsed.registry)) {
      return { verdict: unknown.verdict };
    }
    try {
      return await beforeDeadline(judgeOurs(question, parsed, unknown.verdict), question.deadline);
    } catch (error) {
      log.error({ err: error, reference }, "could not look up an image");
    }
    return { verdict: { ...verdictOf("LOOKUP_FAILED", "undecided"), mode: unknown.verdict.mode } };
  };
}

function leftUntil(deadline: number): number {
  return Math.max(0, deadline - performance.now());
}

function isPending(verdict: Verdict): boolean {
  return verdict.outcome === "undecided" && verdict.reasons.some((reason) => reason.code === "SCAN_PENDING");
}

function verdictOf(code: ReasonCode, effect: Exclude<Reason["effect"], "warn">): Verdict {
  return { outcome: effect, reasons: [{ code, effect, params: {} }], mode: "enforce", mutateImage: false };
}

function parseReference(text: string): ImageReference | undefined {
  try {
    return parseImageReference(text);
  } catch {
    return undefined;
  }
}

/** The work goes on after the deadline, so that a second try finds it done. */
async function beforeDeadline<T>(work: Promise<T>, deadline: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  // A little after the deadline: what knows of it by itself has the better answer.
  const timer = setTimeout(() => late.reject(new Error("no answer in time")), deadline - performance.now() + 50);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
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
