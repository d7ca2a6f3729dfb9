// SPDX-License-Identifier: Apache-2.0
import { Counter, Gauge } from "prom-client";
import type { AdvisoryDatabaseInfo } from "#advisories";
import type { Clock, Digest } from "#base";
import type { BlobStore } from "#blob-store";
import type { Database } from "#database";
import { type ImageReference, parseImageReference } from "#oci";
import { evaluate, factsNeeded, type ImageFacts, type NeededFacts } from "#policy";
import type { SignatureVerifier } from "#signatures";
import type { Telemetry } from "#telemetry";
import type { GatePolicies, Judge, Judgement, PolicySet } from "../context.ts";
import { createStoredReferrers } from "../signatures/index.ts";
import { collectFacts, type FactsSources, runnableChildren } from "./collect-facts.ts";
import { addTrust } from "./collect-trust.ts";
import { JudgementCache } from "./judgement-cache.ts";
import { createScanWaiter } from "./scan-waiter.ts";

const MAX_CACHED_JUDGEMENTS = 20_000;
/** Verification goes on after nobody waits any more, so that the next question finds it done; but not for ever. */
const MAX_VERIFICATION_MS = 60_000;

export interface JudgeOptions {
  readonly database: Pick<Database, "registry" | "scans" | "events">;
  readonly blobs: Pick<BlobStore, "read">;
  readonly policies: GatePolicies;
  readonly verifier: SignatureVerifier;
  readonly advisories: AdvisoryDatabaseInfo;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Names (host, host:port) of our registry, the main one first. */
  readonly registryNames: readonly string[];
}

/** Ends its subscription to events when it is disposed of. */
export type DisposableJudge = Judge & Disposable;

type Question = Parameters<Judge["judge"]>[0];

interface Made {
  readonly judgement: Judgement;
  readonly digests: readonly Digest[];
}

/** A judge over what the database knows; see {@link Judge}. Rejects only when the database or the blob store fails. */
export function createJudge(options: JudgeOptions): DisposableJudge {
  const { database, policies, verifier, advisories, clock, telemetry } = options;
  const sources: FactsSources = { registry: database.registry, scans: database.scans, blobs: options.blobs };
  const cache = new JudgementCache({ clock, maxEntries: MAX_CACHED_JUDGEMENTS });
  const waiter = createScanWaiter(database.scans);
  const questions = createMetrics(telemetry, cache);
  const stopping = new AbortController();
  const unsubscribe = database.events.subscribe(
    (event) => {
      if (event.type === "image-pushed" && event.subject !== undefined) {
        // before the verdicts: one that is made from now on must not be made of what was known before
        verifier.forget(event.subject);
        cache.invalidate(event.subject);
      }
      cache.invalidate(event.digest);
      waiter.changed(event.digest);
    },
    () => {
      cache.clear();
      waiter.changed();
    },
  );

  function policiesOf(question: Pick<Question, "gate">): PolicySet {
    return policies[question.gate ?? "registry"];
  }

  async function make(question: Question, needed: NeededFacts, isLate: boolean): Promise<Made> {
    const { repository, digest } = question;
    const collected = isEmpty(needed)
      ? { facts: { kind: "unknown" } satisfies ImageFacts, digests: [] }
      : await collectFacts(sources, question, { withParents: needed.trust.length > needed.childTrust.length });
    const facts =
      needed.trust.length === 0 || isLate
        ? collected.facts
        : await addTrust(verifier, collected.facts, {
            reference: byMainName(parseImageReference(question.reference), options.registryNames),
            referrers: createStoredReferrers({ ...sources, repository }),
            needed,
            now: clock.now(),
            signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(MAX_VERIFICATION_MS)]),
          });
    const verdict = evaluate({ ...askedOf(question), facts, now: clock.now() });
    const signatures = needed.trust.length === 0 ? {} : { signatures: resultsOf(facts) };
    return { judgement: { verdict, repository, digest, ...signatures }, digests: collected.digests };
  }

  function askedOf(question: Question): Parameters<typeof factsNeeded>[0] & Pick<Question, "indexRule"> {
    const { documents, secrets } = policiesOf(question);
    return { ...question, policies: documents, secrets, hostAliases: options.registryNames };
  }

  return {
    policies,
    advisories,

    async judge(question) {
      // Policies and database do not change while this judge lives, so they are no part of the key.
      const { reference, repository, digest, namespace, indexRule, gate } = question;
      const key = JSON.stringify([reference, repository, digest, namespace, indexRule, gate ?? "registry"]);
      const known = cache.find(key);
      questions.inc({ source: known === undefined ? "made" : "cache" });
      if (known !== undefined) {
        return known;
      }
      const needed = factsNeeded(askedOf(question));
      const judging = cache.share(key, () => make(question, needed, false));
      if (needed.trust.length === 0 || question.timeoutMs === undefined) {
        return await judging;
      }
      return await inTime(judging, question.timeoutMs, async () => (await make(question, needed, true)).judgement);
    },

    async discover(image) {
      const { repository, digest } = image;
      const referrers = createStoredReferrers({ ...sources, repository });
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(MAX_VERIFICATION_MS)]);
      return await verifier.discover({ reference: parseImageReference(image.reference), digest, referrers }, signal);
    },

    async waitForScan(digest, timeoutMs) {
      const children = await runnableChildren(sources, digest);
      await waiter.wait(
        children.map((child) => child.digest),
        timeoutMs,
      );
      // Polling may know before the event arrives that would have done this.
      cache.invalidate(digest);
      for (const child of children) {
        cache.invalidate(child.digest);
      }
    },

    [Symbol.dispose]() {
      stopping.abort();
      unsubscribe();
      waiter.changed();
      cache.clear();
    },
  };
}

/**
 * As images of our registry are signed: some kinds sign names, and trust policies choose by them, so that nobody may
 * choose a rule by another name of the same registry.
 */
function byMainName(reference: ImageReference, registryNames: readonly string[]): ImageReference {
  const [main = reference.registry] = registryNames;
  return registryNames.includes(reference.registry) ? { ...reference, registry: main } : reference;
}

function isEmpty(needed: NeededFacts): boolean {
  return !needed.scan && !needed.digest && needed.trust.length === 0;
}

/** Of the manifest that was asked for and, of an index, of its children; an index that covers the image is not it. */
function resultsOf(facts: ImageFacts): NonNullable<Judgement["signatures"]> {
  switch (facts.kind) {
    case "unknown":
      return [];
    case "image":
      return [...(facts.trust ?? []), ...(facts.parents ?? []).flatMap((parent) => parent.trust ?? [])];
    default:
      return [...(facts.trust ?? []), ...facts.children.flatMap((child) => child.trust ?? [])];
  }
}

/** The work, or what `late` says when it takes longer. The work goes on, so that a second try finds it done. */
async function inTime<T>(work: Promise<T>, timeoutMs: number, late: () => Promise<T>): Promise<T> {
  const { promise: tooLate, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), timeoutMs);
  try {
    const done = await Promise.race([work.then((value) => ({ value })), tooLate]);
    return done === undefined ? await late() : done.value;
  } finally {
    clearTimeout(timer);
  }
}

function createMetrics({ metrics }: Telemetry, cache: JudgementCache): Counter<"source"> {
  new Gauge({
    name: "haechi_judge_cached_verdicts",
    help: "Verdicts that are kept for the next question.",
    registers: [metrics],
    collect() {
      this.set(cache.size);
    },
  });
  return new Counter({
    name: "haechi_judge_verdicts_total",
    help: "Verdicts given, by where they came from: cache, or made now.",
    labelNames: ["source"],
    registers: [metrics],
  });
}
