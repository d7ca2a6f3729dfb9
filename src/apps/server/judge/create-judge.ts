// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { Counter, Gauge } from "prom-client";
import type { AdvisoryDatabaseInfo } from "#advisories";
import type { Clock, Digest } from "#base";
import type { BlobStore } from "#blob-store";
import type { Database } from "#database";
import { type ImageReference, parseImageReference } from "#oci";
import {
  type EvaluationInput,
  evaluate,
  factsNeeded,
  type ImageFacts,
  type NeededFacts,
  type PolicySet,
  shareOf,
} from "#policy";
import type { SignatureVerifier } from "#signatures";
import type { Telemetry } from "#telemetry";
import type { Judge, Judgement, PolicySource, PullAccess, RemotePlace } from "../context.ts";
import type { RemoteImages } from "../images/index.ts";
import { createStoredReferrers } from "../signatures/index.ts";
import { type CollectedFacts, collectFacts, type FactsSources, runnableChildren } from "./collect-facts.ts";
import { collectRemote } from "./collect-remote.ts";
import { addTrust } from "./collect-trust.ts";
import type { DigestCache, Made } from "./digest-cache.ts";
import { createFactsCache } from "./facts-cache.ts";
import { createChildSelector } from "./judged-children.ts";
import { createJudgementCache } from "./judgement-cache.ts";
import { createScanWaiter } from "./scan-waiter.ts";
import { withProvenance } from "./with-provenance.ts";
import { workloadKeyOf } from "./workload-key.ts";

/** Verification goes on after nobody waits any more, so that the next question finds it done; but not for ever. */
const MAX_VERIFICATION_MS = 60_000;

export interface JudgeOptions {
  readonly database: Pick<Database, "registry" | "scans" | "events">;
  readonly blobs: Pick<BlobStore, "read">;
  readonly policies: PolicySource;
  readonly verifier: SignatureVerifier;
  /** Read anew each time: another version may be in use. */
  readonly advisories: AdvisoryDatabaseInfo;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Names (host, host:port) of our registry, the main one first. */
  readonly registryNames: readonly string[];
  /** Images of other registries; without it they are not known. */
  readonly images?: RemoteImages;
  /** Platforms of the nodes of the cluster, for gates of admission; none while they are not known. */
  readonly nodePlatforms?: () => readonly string[];
}

/** Ends its subscription to events when it is disposed of. */
export type DisposableJudge = Judge & Disposable;

type Question = Parameters<Judge["judge"]>[0];

/** The facts, and since when they are known, where that is before they were asked for. */
interface KnownFacts extends CollectedFacts {
  readonly knownSinceMs?: number;
}

/** A judge over what the database knows; see {@link Judge}. Rejects only when the database or the blob store fails. */
export function createJudge(options: JudgeOptions): DisposableJudge {
  const { database, policies, verifier, clock, telemetry } = options;
  const sources: FactsSources = { registry: database.registry, scans: database.scans, blobs: options.blobs };
  const cache = createJudgementCache(clock);
  const factsCache = createFactsCache(clock);
  const { images } = options;
  const waiter = createScanWaiter(async (digests) => {
    if ((images?.unfinished(digests) ?? []).length > 0) {
      return true;
    }
    const records = await database.scans.findMany(digests);
    return [...records.values()].some(({ state }) => state === "pending" || state === "running");
  });
  const questions = createMetrics(telemetry, cache);
  const stopping = new AbortController();
  const unsubscribe = database.events.subscribe(
    (event) => {
      if (event.type === "statements-changed") {
        forgetAll();
        return;
      }
      if (event.type !== "image-pushed" && event.type !== "scan-changed" && event.type !== "image-deleted") {
        return;
      }
      if (event.type !== "scan-changed" && event.subject !== undefined) {
        // before the verdicts: one that is made from now on must not be made of what was known before
        verifier.forget(event.subject);
        forget(event.subject);
      }
      forget(event.digest);
      waiter.changed(event.digest);
    },
    () => {
      forgetAll();
      waiter.changed();
    },
  );

  function forgetAll(): void {
    factsCache.clear();
    cache.clear();
  }

  /** The facts first: a verdict that is made from now on must not be made of old ones. */
  function forget(digest: Digest): void {
    factsCache.invalidate(digest);
    cache.invalidate(digest);
  }

  function policiesOf(question: Pick<Question, "gate">): PolicySet {
    return policies.current()[question.gate ?? "registry"];
  }

  async function make(question: Question, needed: NeededFacts, isLate: boolean): Promise<Made<Judgement>> {
    const { repository, digest } = question;
    const { facts, digests, knownSinceMs }: KnownFacts = isEmpty(needed)
      ? { facts: { kind: "unknown" } satisfies ImageFacts, digests: [] }
      : await (remoteOf(question) === undefined ? collectOurs : collectOther)(question, needed, isLate);
    const asked = askedOf(question);
    const verdict = evaluate({ ...asked, facts: withProvenance(facts, needed), now: clock.now() });
    const signatures = needed.trust.length === 0 ? {} : { signatures: resultsOf(facts) };
    return {
      value: { verdict, repository, digest, ...signatures },
      digests,
      ...(knownSinceMs === undefined ? {} : { knownSinceMs }),
    };
  }

  /** From memory where nothing can have changed: the namespace and the policies make no difference to what is known. */
  async function findFacts({ repository, digest }: Question, needed: NeededFacts): Promise<KnownFacts> {
    const { config, created } = needed;
    const withParents = needed.trust.length > needed.childTrust.length;
    const options = { withParents, config, created };
    if (withParents) {
      // no event about the image tells of an index that lists it from now on
      return await collectFacts(sources, { repository, digest }, options);
    }
    const key = JSON.stringify([repository, digest, config, created]);
    const { value, ...known } = await factsCache.findOrMake(key, async () => {
      const { facts, digests } = await collectFacts(sources, { repository, digest }, options);
      return { value: facts, digests };
    });
    return { facts: value, ...known };
  }

  async function collectOurs(question: Question, needed: NeededFacts, isLate: boolean): Promise<KnownFacts> {
    const collected = await findFacts(question, needed);
    if (needed.trust.length === 0 || isLate) {
      return collected;
    }
    const facts = await addTrust(verifier, collected.facts, {
      reference: byMainName(parseImageReference(question.reference), options.registryNames),
      referrers: createStoredReferrers({ ...sources, repository: question.repository }),
      needed,
      now: clock.now(),
      signal: verificationEnd(),
    });
    return { ...collected, facts };
  }

  async function collectOther(question: Question, needed: NeededFacts, isLate: boolean): Promise<KnownFacts> {
    const { digest } = question;
    const remote = remoteOf(question);
    if (images === undefined || remote === undefined) {
      return { facts: { kind: "unknown" }, digests: [digest] };
    }
    const reference = parseImageReference(question.reference);
    return await collectRemote(
      { images, verifier },
      {
        ...remote,
        reference,
        digest,
        needed,
        select: createChildSelector(needed, platformsFor(question)),
        isLate,
        now: clock.now(),
        signal: verificationEnd(),
      },
    );
  }

  /** Of a report on what runs, nobody says where the image lies: then its name does, and only what is stored counts. */
  function remoteOf({ remote, gate, reference }: Question): RemotePlace | undefined {
    if (remote !== undefined || gate !== "admission" || images === undefined) {
      return remote;
    }
    const { registry } = parseImageReference(reference);
    return options.registryNames.includes(registry) ? undefined : { registry };
  }

  function verificationEnd(): AbortSignal {
    return AbortSignal.any([stopping.signal, AbortSignal.timeout(MAX_VERIFICATION_MS)]);
  }

  function platformsFor({ gate }: Question): readonly string[] {
    return gate === "admission" ? (options.nodePlatforms?.() ?? []) : [];
  }

  function askedOf(question: Question): Omit<EvaluationInput, "facts" | "now"> {
    const { documents, ...set } = policiesOf(question);
    const platforms = platformsFor(question);
    return {
      ...question,
      ...set,
      policies: documents,
      hostAliases: remoteOf(question) === undefined ? options.registryNames : [],
      ...(platforms.length === 0 ? {} : { platforms }),
    };
  }

  async function judgeNow(key: string, question: Question): Promise<Judgement> {
    const needed = factsNeeded(askedOf(question));
    const judging = judgeOnce(key, question, needed);
    if (needed.trust.length === 0 || question.timeoutMs === undefined) {
      return await judging;
    }
    return await inTime(judging, question.timeoutMs, async () => (await make(question, needed, true)).value);
  }

  async function judgeOnce(key: string, question: Question, needed: NeededFacts): Promise<Judgement> {
    return (await cache.share(key, () => make(question, needed, false))).value;
  }

  return {
    policies,
    get advisories() {
      return options.advisories;
    },
    ...(images === undefined ? {} : { images }),

    judge(question) {
      const key = keyOf(question, policiesOf(question), platformsFor(question));
      const known = suitable(cache.find(key));
      questions.inc(known === undefined ? MADE : CACHED);
      return known ?? judgeNow(key, question);
    },

    async discover(image) {
      const { repository, digest } = image;
      const referrers = createStoredReferrers({ ...sources, repository });
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(MAX_VERIFICATION_MS)]);
      return await verifier.discover({ reference: parseImageReference(image.reference), digest, referrers }, signal);
    },

    async waitForScan(digest, timeoutMs, signal) {
      const ours = await runnableChildren(sources, digest);
      const children = new Set([...ours.map((child) => child.digest), ...((await images?.childrenOf(digest)) ?? [])]);
      await waiter.wait([...children], timeoutMs, signal);
      // Polling may know before the event arrives that would have done this.
      for (const each of [digest, ...children]) {
        forget(each);
      }
    },

    [Symbol.dispose]() {
      stopping.abort();
      unsubscribe();
      waiter.changed();
      factsCache.clear();
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

const CACHED = { source: "cache" } as const;
const MADE = { source: "made" } as const;

/** Everything that a verdict depends on beside facts and time. */
function keyOf(question: Question, policies: PolicySet, platforms: readonly string[]): string {
  const { reference, repository, digest, namespace, indexRule, gate, workload, remote } = question;
  const share = shareOf(policies, namespace);
  return JSON.stringify([
    reference,
    repository,
    digest,
    share.isCommon ? 0 : namespace,
    indexRule,
    gate ?? "registry",
    share.generation,
    platforms,
    workloadKeyOf(workload, share),
    // What one access may read says nothing about another.
    remote === undefined ? 0 : [remote.registry, remote.access === undefined ? 0 : accessKeyOf(remote.access)],
  ]);
}

/** What no policy decided names the namespace that it was made for, which may have been another one. */
function suitable(known: Judgement | undefined): Judgement | undefined {
  return known?.verdict.policy === undefined ? undefined : known;
}

/** An access without a name is like no other: what was judged for it is found by nobody. */
function accessKeyOf(access: PullAccess): string {
  const known = access.key ?? NAMES.get(access) ?? randomUUID();
  NAMES.set(access, known);
  return known;
}

const NAMES = new WeakMap<PullAccess, string>();

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

function createMetrics({ metrics }: Telemetry, cache: DigestCache<Judgement>): Counter<"source"> {
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
