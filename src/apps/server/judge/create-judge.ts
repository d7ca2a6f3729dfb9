// SPDX-License-Identifier: Apache-2.0
import { Counter, Gauge } from "prom-client";
import type { AdvisoryDatabaseInfo } from "#advisories";
import type { Clock, Digest } from "#base";
import type { BlobStore } from "#blob-store";
import type { Database } from "#database";
import { evaluate, type ImageFacts, type PolicyDocument, policyNeedsFacts } from "#policy";
import type { Telemetry } from "#telemetry";
import type { Judge, Judgement } from "../context.ts";
import { collectFacts, type FactsSources, runnableChildren } from "./collect-facts.ts";
import { JudgementCache } from "./judgement-cache.ts";
import { createScanWaiter } from "./scan-waiter.ts";

const MAX_CACHED_JUDGEMENTS = 20_000;

export interface JudgeOptions {
  readonly database: Pick<Database, "registry" | "scans" | "events">;
  readonly blobs: Pick<BlobStore, "read">;
  readonly policies: readonly PolicyDocument[];
  readonly advisories: AdvisoryDatabaseInfo;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Names (host, host:port) of our registry, the main one first. */
  readonly registryNames: readonly string[];
}

/** Ends its subscription to events when it is disposed of. */
export type DisposableJudge = Judge & Disposable;

type Question = Parameters<Judge["judge"]>[0];

/** A judge over what the database knows; see {@link Judge}. Rejects only when the database or the blob store fails. */
export function createJudge(options: JudgeOptions): DisposableJudge {
  const { database, policies, advisories, clock, telemetry } = options;
  const sources: FactsSources = { registry: database.registry, scans: database.scans, blobs: options.blobs };
  const cache = new JudgementCache({ clock, maxEntries: MAX_CACHED_JUDGEMENTS });
  const waiter = createScanWaiter(database.scans);
  const questions = createMetrics(telemetry, cache);
  const unsubscribe = database.events.subscribe(
    (event) => {
      cache.invalidate(event.digest);
      waiter.changed(event.digest);
    },
    () => {
      cache.clear();
      waiter.changed();
    },
  );

  async function make(question: Question): Promise<{ judgement: Judgement; digests: readonly Digest[] }> {
    const asked = { ...question, policies, hostAliases: options.registryNames };
    const collected = policyNeedsFacts(asked)
      ? await collectFacts(sources, question)
      : { facts: { kind: "unknown" } satisfies ImageFacts, digests: [] };
    const verdict = evaluate({ ...asked, facts: collected.facts, now: clock.now() });
    const { repository, digest } = question;
    return { judgement: { verdict, repository, digest }, digests: collected.digests };
  }

  return {
    policies,
    advisories,

    async judge(question) {
      // Policies and database do not change while this judge lives, so they are no part of the key.
      const { reference, repository, digest, namespace, indexRule } = question;
      const key = JSON.stringify([reference, repository, digest, namespace, indexRule]);
      const known = cache.find(key);
      questions.inc({ source: known === undefined ? "made" : "cache" });
      return known ?? (await cache.share(key, () => make(question)));
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
      unsubscribe();
      waiter.changed();
      cache.clear();
    },
  };
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
