// SPDX-License-Identifier: Apache-2.0
import { setImmediate as breathe } from "node:timers/promises";
import { registryNamesOf } from "#configuration";
import {
  evaluate,
  factsNeeded,
  type ImageFacts,
  type ParsedPolicies,
  type PolicySet,
  shareOf,
  type Verdict,
} from "#policy";
import { compareVerdicts, type VerdictChange } from "#policy-tools";
import type { ServerContext } from "../context.ts";
import { MAX_CHANGES, MAX_OWNERS, type Replay, type ReplayedImage, type ReplayOwner } from "./replay.ts";
import { type ReplayCandidate, replayCandidates } from "./replay-candidates.ts";
import { storedFacts, withRecordedTrust } from "./stored-facts.ts";

/** Worst first. */
const CHANGES: readonly VerdictChange[] = ["newly-denied", "newly-undecided", "newly-allowed", "other-reasons", "same"];

/** How many verdicts are made before others get their turn. */
const AT_ONCE = 20;

type ReplayContext = Pick<ServerContext, "configuration" | "database" | "blobs" | "judge" | "cluster" | "clock">;

/**
 * Judges what runs, and what admission let through since then, by the policies in force and by changed ones. From stored
 * facts only: nothing is fetched, and nothing is recorded.
 */
export async function replayPolicies(
  context: ReplayContext,
  changed: Pick<ParsedPolicies, "documents" | "secrets" | "exceptions">,
  options: { readonly since: Date; readonly isWholeSet: boolean; readonly signal: AbortSignal },
): Promise<Replay> {
  const inForce = context.judge.policies.current().admission;
  const after = changedSet(inForce, changed, options.isWholeSet);
  const found = await replayCandidates(
    context.database,
    options.since,
    (namespace) => shareOf(inForce, namespace).generation,
  );
  const images = new Map<string, ReplayedImage>();
  const counts = Object.fromEntries(CHANGES.map((change) => [change, 0])) as Record<VerdictChange, number>;
  for (const [at, candidate] of found.candidates.entries()) {
    if (at % AT_ONCE === 0) {
      options.signal.throwIfAborted();
      await breathe();
    }
    const judged = await judgeBoth(context, candidate, { before: inForce, after });
    const { reference, digest, namespace } = candidate;
    const key = JSON.stringify([reference, digest, namespace, judged.change]);
    const known = images.get(key);
    if (known === undefined) {
      counts[judged.change] += 1;
    }
    images.set(key, {
      reference,
      ...(digest === undefined ? {} : { digest }),
      namespace,
      ...judged,
      ...ownersWith(known, candidate.owner),
    });
  }
  const changes = [...images.values()]
    .filter(({ change }) => change !== "same")
    .toSorted((a, b) => CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change) || b.ownerCount - a.ownerCount);
  return {
    running: found.running,
    admitted: found.admitted,
    judged: images.size,
    isCut: found.isCut || changes.length > MAX_CHANGES,
    counts,
    changes: changes.slice(0, MAX_CHANGES),
    policies: { changed: changed.documents.length, inForce: inForce.documents.length },
  };
}

async function judgeBoth(
  context: ReplayContext,
  candidate: ReplayCandidate,
  sets: { readonly before: Question["set"]; readonly after: Question["set"] },
): Promise<{ readonly change: VerdictChange; readonly before: Verdict; readonly after: Verdict }> {
  const before = askedOf(context, candidate, sets.before);
  const after = askedOf(context, candidate, sets.after);
  const [neededBefore, neededAfter] = [factsNeeded(before), factsNeeded(after)];
  const needed = {
    platforms: [...neededBefore.platforms, ...neededAfter.platforms],
    config: neededBefore.config || neededAfter.config,
    created: neededBefore.created || neededAfter.created,
  };
  const isNeeded = neededBefore.digest || neededAfter.digest;
  const stored: ImageFacts = isNeeded ? await storedFacts(context, candidate, needed) : { kind: "unknown" };
  const isHeld = candidate.verifiedUnder === shareOf(sets.before, candidate.namespace).generation;
  const facts = withRecordedTrust(stored, isHeld ? neededBefore.trust : []);
  const now = context.clock.now();
  const verdicts = {
    before: evaluate({ ...before, facts, now }),
    after: evaluate({ ...after, facts, now }),
  };
  return { change: compareVerdicts(verdicts.before, verdicts.after), ...verdicts };
}

interface Question {
  readonly set: PolicySet;
}

function askedOf(
  context: ReplayContext,
  { reference, namespace, workload }: ReplayCandidate,
  { documents, generation: _generation, ...set }: PolicySet,
) {
  const platforms = context.cluster?.nodePlatforms ?? [];
  return {
    ...set,
    reference,
    namespace,
    policies: documents,
    hostAliases: registryNamesOf(context.configuration),
    ...(workload === undefined ? {} : { workload }),
    ...(platforms.length === 0 ? {} : { platforms }),
  };
}

/** The set as it would be after applying the objects: each takes the place of the one of its kind, namespace and name. */
function changedSet(
  inForce: PolicySet,
  changed: Pick<ParsedPolicies, "documents" | "secrets" | "exceptions">,
  isWholeSet: boolean,
): PolicySet {
  return {
    ...inForce,
    documents: isWholeSet ? changed.documents : merge(inForce.documents, changed.documents),
    exceptions: merge(inForce.exceptions, changed.exceptions),
    secrets: merge(inForce.secrets, changed.secrets),
    generation: "replay",
  };
}

interface Named {
  readonly kind?: string;
  readonly spelling?: string;
  readonly namespace?: string;
  readonly name: string;
}

function merge<T extends Named>(present: readonly T[], changed: readonly T[]): readonly T[] {
  const replaced = new Set(changed.map(keyOf));
  return [...present.filter((each) => !replaced.has(keyOf(each))), ...changed];
}

function keyOf({ kind, spelling, namespace, name }: Named): string {
  return JSON.stringify([kind, spelling, namespace, name]);
}

function ownersWith(
  known: ReplayedImage | undefined,
  owner: ReplayOwner,
): Pick<ReplayedImage, "owners" | "ownerCount"> {
  const owners = known?.owners ?? [];
  const isKnown = owners.some((each) => each.kind === owner.kind && each.name === owner.name);
  return {
    owners: isKnown || owners.length >= MAX_OWNERS ? owners : [...owners, owner],
    ownerCount: (known?.ownerCount ?? 0) + (isKnown ? 0 : 1),
  };
}
