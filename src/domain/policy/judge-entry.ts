// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { SignatureState } from "#signatures";
import type { Exemptions, NamedReason } from "./exempt-reasons.ts";
import type { ImageFacts, PlatformFacts } from "./image-facts.ts";
import { judgeMake, judgeName, needsImage } from "./judge-image.ts";
import { judgePlatform, needsScan } from "./judge-platform.ts";
import { findForeignVerdict, judgeMaterial, judgeTrust, withoutTrustService } from "./judge-trust.ts";
import { isPlatformKnown, selectPlatforms, type WantedPlatforms } from "./judged-platforms.ts";
import type { ImageChecks } from "./policy-document.ts";
import type { ResolvedTrust } from "./resolve-trust.ts";
import type { Reason, TrustSigner, Verdict } from "./verdict.ts";

export type IndexRule = "any-child" | "every-child";

/** An entry, ready to judge by. */
export interface EntryChecks {
  readonly checks: ImageChecks;
  readonly trust: ResolvedTrust;
  readonly indexRule: IndexRule;
  /** As written by whoever asked. */
  readonly reference: string;
  /** Those of the nodes; the policy's own come first. */
  readonly platforms?: readonly string[];
  readonly exemptions: Exemptions;
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

/** Before exceptions. */
type Part = Omit<EntryJudgement, "outcome" | "reasons"> & { readonly reasons: readonly NamedReason[] };

/** Judges the facts by the checks of one entry. Starts from deny; deny outweighs undecided, undecided outweighs allow. */
export function judgeEntry(facts: ImageFacts, entry: EntryChecks): EntryJudgement {
  const { checks, trust } = entry;
  const digests = facts.kind === "unknown" ? [] : [facts.digest];
  const named = ofReasons([...judgeMaterial(trust), ...judgeName(entry.reference, checks)]);
  if (!needsScan(checks) && !needsImage(checks) && trust.requirements.length === 0) {
    return conclude([settle(named, digests, entry)]);
  }
  switch (facts.kind) {
    case "unknown": {
      const reasons: readonly NamedReason[] = [
        ...named.reasons,
        ...(facts.hasTrustService === false ? withoutTrustService(trust.requirements) : []),
        facts.problem ?? { code: "IMAGE_UNKNOWN", effect: "undecided", params: {} },
      ];
      return conclude([settle(ofReasons(reasons), digests, entry)]);
    }
    case "image": {
      const parents = facts.parents ?? [];
      const parts = [
        named,
        judgeTrust(trust.requirements, { facts, parents }, entry.now),
        judgeScan(facts, undefined, entry),
        ofMake(facts, undefined, entry),
      ];
      // An index names its children by digest: what was granted for it holds for each of them.
      const all = [...digests, ...parents.map((parent) => parent.digest)];
      return conclude(parts.map((part) => settle(part, all, entry)));
    }
    case "index":
      return judgeIndex(facts, named, entry);
    default:
      // Not reachable with the declared types; deny rather than allow if it ever is.
      return { ...conclude([settle(named, digests, entry)]), outcome: "deny" };
  }
}

/**
 * Of an index both the index and each child that can run must be signed, since a node takes one child and nobody knows
 * which: a signature of the index alone says nothing about what `cosign verify` finds on the child.
 */
function judgeIndex(
  facts: Extract<ImageFacts, { readonly kind: "index" }>,
  named: Part,
  entry: EntryChecks,
): EntryJudgement {
  const { checks, trust, indexRule } = entry;
  const own = [named, judgeTrust(trust.requirements, { facts }, entry.now)].map((part) =>
    settle(part, [facts.digest], entry),
  );
  const ofChildren = trust.requirements.filter((each) => each.children === "required");
  if (!needsScan(checks) && !needsImage(checks) && ofChildren.length === 0) {
    return conclude(own);
  }
  // Where one child is enough, each is judged again when it is fetched, whatever its platform.
  const judged =
    indexRule === "any-child" ? facts.children : selectPlatforms(withoutInert(facts.children), wantedPlatforms(entry));
  const children = judged.map((child) => {
    const parts = [
      judgeTrust(ofChildren, { facts: child, isChild: true }, entry.now),
      judgeScan(child, facts, entry),
      ofMake(child, facts, entry),
    ];
    const { reasons, ...rest } = conclude(parts.map((part) => settle(part, [child.digest, facts.digest], entry)));
    return { ...rest, reasons: reasons.map((reason) => ({ ...reason, platform: child.platform })) };
  });
  const isAnyAllowed = children.some((child) => child.outcome === "allow");
  if (isAnyAllowed && indexRule === "any-child") {
    // The other children are refused when they are pulled; here they are worth a warning, and no word on the signatures.
    const passing = children.map((child) => ({
      ...child,
      reasons: child.reasons.map(toWarning),
      ...(child.outcome === "allow" ? {} : { states: [], signers: [] }),
    }));
    return conclude([...own, ...passing]);
  }
  const all = conclude([...own, ...children]);
  const isRefused = children.length === 0 || (!isAnyAllowed && children.some((child) => child.outcome === "deny"));
  const none: Reason = { code: "NO_PLATFORM_ALLOWED", effect: "deny", params: { children: children.length } };
  return isRefused ? { ...all, outcome: "deny", reasons: [...all.reasons, none] } : all;
}

/** Without what is for no platform and was found to be nothing that runs, if there is anything else. */
function withoutInert(children: readonly PlatformFacts[]): readonly PlatformFacts[] {
  const others = children.filter((child) => isPlatformKnown(child) || child.scan.state !== "unsupported");
  return others.length > 0 ? others : children;
}

function wantedPlatforms({ checks, platforms }: EntryChecks): WantedPlatforms {
  return {
    ...(checks.platforms === undefined ? {} : { policy: checks.platforms }),
    ...(platforms === undefined ? {} : { nodes: platforms }),
  };
}

/** A reason that does not decide; what is exempt stays so. */
export function toWarning(reason: Reason): Reason {
  return reason.effect === "exempt" ? reason : { ...reason, effect: "warn" };
}

/** Age and configuration. */
function ofMake(
  facts: PlatformFacts,
  index: Extract<ImageFacts, { readonly kind: "index" }> | undefined,
  entry: EntryChecks,
): Part {
  return { states: [], signers: [], ...judgeMake(facts, index?.created, entry) };
}

/** The part after exceptions: what one of them names counts no more. */
function settle(part: Part, digests: readonly Digest[], { exemptions }: EntryChecks): Settled {
  return { ...part, reasons: exemptions.exempt(part.reasons, digests) };
}

type Settled = Omit<EntryJudgement, "outcome">;

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
      // Whoever signed it knew nothing of what is forbidden here beside vulnerabilities.
      const { configuration } = checks;
      const reasons = configuration === undefined ? [] : judgePlatform(facts, { configuration }, now).reasons;
      return { reasons, states: [], signers: [], acceptedVerdict: signer, ...validity };
    }
  }
  return { states: [], signers: [], ...judgePlatform(facts, checks, now) };
}

function ofReasons(reasons: readonly NamedReason[]): Part {
  return { reasons, states: [], signers: [] };
}

function conclude(parts: readonly Settled[]): EntryJudgement {
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

/** What the reasons come to: deny outweighs undecided, undecided outweighs allow. */
export function outcomeOf(reasons: readonly Reason[]): Verdict["outcome"] {
  if (reasons.some((reason) => reason.effect === "deny")) {
    return "deny";
  }
  return reasons.some((reason) => reason.effect === "undecided") ? "undecided" : "allow";
}
