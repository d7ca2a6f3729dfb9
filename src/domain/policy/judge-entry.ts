// SPDX-License-Identifier: Apache-2.0
import type { SignatureState } from "#signatures";
import type { ImageFacts, PlatformFacts } from "./image-facts.ts";
import { judgePlatform, needsScan } from "./judge-platform.ts";
import { findForeignVerdict, judgeMaterial, judgeTrust, withoutTrustService } from "./judge-trust.ts";
import type { ImageChecks } from "./policy-document.ts";
import type { ResolvedTrust } from "./resolve-trust.ts";
import type { Reason, TrustSigner, Verdict } from "./verdict.ts";

export type IndexRule = "any-child" | "every-child";

/** An entry, ready to judge by. */
export interface EntryChecks {
  readonly checks: ImageChecks;
  readonly trust: ResolvedTrust;
  readonly indexRule: IndexRule;
  readonly now: Date;
}

/** What the facts come to under the checks of one entry. */
export interface EntryJudgement {
  readonly outcome: Verdict["outcome"];
  readonly reasons: readonly Reason[];
  readonly validUntilMs?: number;
  /** One for each requirement that was looked up. */
  readonly states: readonly SignatureState[];
  readonly signers: readonly TrustSigner[];
  readonly acceptedVerdict?: TrustSigner;
}

type Part = Omit<EntryJudgement, "outcome">;

/** Judges the facts by the checks of one entry. Starts from deny; deny outweighs undecided, undecided outweighs allow. */
export function judgeEntry(facts: ImageFacts, entry: EntryChecks): EntryJudgement {
  const material: Part = { reasons: judgeMaterial(entry.trust), states: [], signers: [] };
  if (!needsScan(entry.checks) && entry.trust.requirements.length === 0) {
    return conclude([material]);
  }
  switch (facts.kind) {
    case "unknown":
      return conclude([
        material,
        ofReasons(facts.hasTrustService === false ? withoutTrustService(entry.trust.requirements) : []),
        ofReasons([{ code: "IMAGE_UNKNOWN", effect: "undecided", params: {} }]),
      ]);
    case "image":
      return conclude([
        material,
        judgeTrust(entry.trust.requirements, { facts, parents: facts.parents ?? [] }, entry.now),
        judgeScan(facts, undefined, entry),
      ]);
    case "index":
      return judgeIndex(facts, material, entry);
    default:
      // Not reachable with the declared types; deny rather than allow if it ever is.
      return { ...conclude([material]), outcome: "deny" };
  }
}

/**
 * Of an index both the index and each child that can run must be signed, since a node takes one child and nobody knows
 * which: a signature of the index alone says nothing about what `cosign verify` finds on the child.
 */
function judgeIndex(
  facts: Extract<ImageFacts, { readonly kind: "index" }>,
  material: Part,
  entry: EntryChecks,
): EntryJudgement {
  const own = judgeTrust(entry.trust.requirements, { facts }, entry.now);
  const ofChildren = entry.trust.requirements.filter((each) => each.children === "required");
  if (!needsScan(entry.checks) && ofChildren.length === 0) {
    return conclude([material, own]);
  }
  const children = facts.children.map((child) => {
    const { reasons, ...rest } = conclude([
      judgeTrust(ofChildren, { facts: child, isChild: true }, entry.now),
      judgeScan(child, facts, entry),
    ]);
    return { ...rest, reasons: reasons.map((reason) => ({ ...reason, platform: child.platform })) };
  });
  const isAnyAllowed = children.some((child) => child.outcome === "allow");
  if (isAnyAllowed && entry.indexRule === "any-child") {
    // The other children are refused when they are pulled; here they are worth a warning, and no word on the signatures.
    const passing = children.map((child) => ({
      ...child,
      reasons: child.reasons.map((each) => ({ ...each, effect: "warn" as const })),
      ...(child.outcome === "allow" ? {} : { states: [], signers: [] }),
    }));
    return conclude([material, own, ...passing]);
  }
  const all = conclude([material, own, ...children]);
  const isRefused = children.length === 0 || (!isAnyAllowed && children.some((child) => child.outcome === "deny"));
  const none: Reason = { code: "NO_PLATFORM_ALLOWED", effect: "deny", params: { children: children.length } };
  return isRefused ? { ...all, outcome: "deny", reasons: [...all.reasons, none] } : all;
}

/**
 * The scan of one platform. A verdict of somebody else stands in where our own scan is missing or not finished, and never
 * where it has a result. That on an index stands in for its children.
 */
function judgeScan(facts: PlatformFacts, index: ImageFacts | undefined, entry: EntryChecks): Part {
  const { checks, trust, now } = entry;
  const isOpen = facts.scan.state === "missing" || facts.scan.state === "pending";
  if (isOpen && needsScan(checks)) {
    const accepted =
      findForeignVerdict(trust.verdict, facts, now) ??
      (index?.kind === "index" ? findForeignVerdict(trust.verdict, index, now) : undefined);
    if (accepted !== undefined) {
      const { signer, ...validity } = accepted;
      return { reasons: [], states: [], signers: [], acceptedVerdict: signer, ...validity };
    }
  }
  return { states: [], signers: [], ...judgePlatform(facts, checks, now) };
}

function ofReasons(reasons: readonly Reason[]): Part {
  return { reasons, states: [], signers: [] };
}

function conclude(parts: readonly Part[]): EntryJudgement {
  const reasons = parts.flatMap((part) => part.reasons);
  const accepted = parts.find((part) => part.acceptedVerdict !== undefined)?.acceptedVerdict;
  return {
    outcome: outcomeOf(reasons),
    reasons,
    states: parts.flatMap((part) => part.states),
    signers: parts.flatMap((part) => part.signers),
    ...earliest(parts),
    ...(accepted === undefined ? {} : { acceptedVerdict: accepted }),
  };
}

/** The earliest end of validity. */
export function earliest(parts: readonly { readonly validUntilMs?: number }[]): { readonly validUntilMs?: number } {
  const ends = parts.flatMap((part) => part.validUntilMs ?? []);
  return ends.length === 0 ? {} : { validUntilMs: Math.min(...ends) };
}

function outcomeOf(reasons: readonly Reason[]): Verdict["outcome"] {
  if (reasons.some((reason) => reason.effect === "deny")) {
    return "deny";
  }
  return reasons.some((reason) => reason.effect === "undecided") ? "undecided" : "allow";
}
