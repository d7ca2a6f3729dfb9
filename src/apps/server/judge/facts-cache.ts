// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { ImageFacts, PlatformFacts } from "#policy";
import { DigestCache } from "./digest-cache.ts";
import { MAX_AGE_MS } from "./judgement-cache.ts";

/** Packages and findings of all reports that are kept: some tens of megabytes. */
const MAX_PARTS = 100_000;

/**
 * What the database knows of images, without signatures, for verdicts that are made anew for another namespace or by other policies. Only
 * what an event would tell the change of is kept: finished scans. Everything else is looked up each time, as before.
 */
export function createFactsCache(clock: Clock): DigestCache<ImageFacts> {
  return new DigestCache({
    clock,
    maxWeight: MAX_PARTS,
    weigh: (facts) => platformsOf(facts).reduce((sum, platform) => sum + partsOf(platform), 1),
    endMs: (facts, { madeMs }) => (isSettled(facts) ? madeMs + MAX_AGE_MS : madeMs),
  });
}

function isSettled(facts: ImageFacts): boolean {
  return facts.kind !== "unknown" && platformsOf(facts).every(({ scan }) => scan.state === "done");
}

function platformsOf(facts: ImageFacts): readonly PlatformFacts[] {
  switch (facts.kind) {
    case "unknown":
      return [];
    case "image":
      return [facts];
    default:
      return facts.children;
  }
}

function partsOf({ scan }: PlatformFacts): number {
  return scan.state === "done" ? 1 + scan.report.inventory.packages.length + scan.report.findings.length : 1;
}
