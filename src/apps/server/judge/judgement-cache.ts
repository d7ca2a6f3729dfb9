// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { Judgement } from "../context.ts";
import { DigestCache } from "./digest-cache.ts";

const MAX_CACHED_JUDGEMENTS = 20_000;
/** A verdict lives this long at most, should an event ever be lost without anybody noticing. */
export const MAX_AGE_MS = 60_000;
/** "Cannot tell" usually ends soon, and not only by events that we hear of. */
const MAX_UNDECIDED_AGE_MS = 2_000;

/** Signatures also come to lie where no event tells of them: on a Notary server, in a lookaside store. */
const MAX_UNSIGNED_AGE_MS = 5_000;

/** Verdicts until they could be otherwise. */
export function createJudgementCache(clock: Clock): DigestCache<Judgement> {
  return new DigestCache({
    clock,
    maxWeight: MAX_CACHED_JUDGEMENTS,
    endMs({ verdict }, { madeMs, knownSinceMs }) {
      const { validUntil } = verdict;
      const untilMs = validUntil === undefined ? Number.POSITIVE_INFINITY : Date.parse(validUntil);
      // what was known for a while already must not live longer by being judged again
      return Math.min(madeMs + maxAgeMs(verdict), knownSinceMs + MAX_AGE_MS, untilMs);
    },
  });
}

function maxAgeMs({ outcome, trust, reasons }: Judgement["verdict"]): number {
  // no event tells that another registry has mended what it sends
  if (outcome === "undecided" || reasons.some(({ code }) => code === "IMAGE_INVALID")) {
    return MAX_UNDECIDED_AGE_MS;
  }
  return outcome === "deny" && trust !== undefined && trust.state !== "verified" ? MAX_UNSIGNED_AGE_MS : MAX_AGE_MS;
}
