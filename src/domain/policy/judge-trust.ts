// SPDX-License-Identifier: Apache-2.0
import { assertNever, type Digest } from "#base";
import {
  describeRequirement,
  methodOf,
  type SignatureProblem,
  type SignatureResult,
  type SignatureState,
  type TrustRequirement,
} from "#signatures";
import type { TrustFacts } from "./image-facts.ts";
import type { ResolvedRequirement, ResolvedTrust } from "./resolve-trust.ts";
import type { Reason, ReasonCode, TrustSigner } from "./verdict.ts";

/** What the signatures of one manifest come to. */
export interface TrustJudgement {
  readonly reasons: readonly Reason[];
  readonly states: readonly SignatureState[];
  readonly signers: readonly TrustSigner[];
  readonly validUntilMs?: number;
}

/** What is known about a manifest, and about those whose signatures cover it. */
export interface TrustSubject {
  readonly facts: TrustFacts;
  /** Indexes that list it; their signatures count for requirements that let an index cover its children. */
  readonly parents?: readonly TrustFacts[];
  /** Of an index whose own signature is asked for, too: says what to do in the text. */
  readonly isChild?: boolean;
}

interface LookedUp {
  readonly state: SignatureState;
  readonly result?: SignatureResult;
  readonly problem?: Pick<SignatureProblem, "code" | "message" | "location" | "claimedIdentity" | "missingSigner">;
}

/** Denials that need no look at the image: Secrets that cannot be used, and requirements that accept nothing. */
export function judgeMaterial(resolved: ResolvedTrust): readonly Reason[] {
  return [
    ...resolved.problems.map(
      ({ field, secret, namespace, key, problem }): Reason => ({
        code: "SECRET_MISSING",
        effect: "deny",
        params: { field, secret, namespace, key, problem },
      }),
    ),
    ...resolved.rejections.map((field): Reason => ({ code: "SIGNATURE_REJECTED", effect: "deny", params: { field } })),
  ];
}

/** Content trust of an image that nobody has looked up, in a registry that has no trust service: that much is certain. */
export function withoutTrustService(requirements: readonly ResolvedRequirement[]): readonly Reason[] {
  return requirements
    .filter(({ requirement }) => requirement.kind === "notary" && requirement.server === undefined)
    .map(({ field }) => ({ code: "TRUST_NOT_SUPPORTED", effect: "deny", params: { field } }));
}

/** Judges the signatures of one manifest: every requirement must have a result that says `verified`, for this digest. */
export function judgeTrust(
  requirements: readonly ResolvedRequirement[],
  subject: TrustSubject,
  now: Date,
): TrustJudgement {
  const reasons: Reason[] = [];
  const states: SignatureState[] = [];
  const signers: TrustSigner[] = [];
  const ends: number[] = [];
  for (const asked of requirements) {
    const found = lookUp(asked, subject, now);
    states.push(found.state);
    const endMs = found.result?.validUntil === undefined ? Number.NaN : Date.parse(found.result.validUntil);
    if (endMs > now.getTime()) {
      ends.push(endMs);
    }
    if (found.state === "verified") {
      signers.push(...(found.result?.signatures ?? []).map(toSigner));
    } else {
      reasons.push(reasonOf(asked, found, subject.isChild === true));
    }
  }
  return { reasons, states, signers, ...(ends.length === 0 ? {} : { validUntilMs: Math.min(...ends) }) };
}

/** The verdict of somebody else that stands in for a scan of this manifest, if there is one that holds. */
export function findForeignVerdict(
  asked: ResolvedRequirement | undefined,
  facts: TrustFacts,
  now: Date,
): { readonly signer: TrustSigner; readonly validUntilMs?: number } | undefined {
  if (asked === undefined) {
    return undefined;
  }
  const { state, result } = lookUp(asked, { facts }, now);
  const signature = state === "verified" ? result?.signatures[0] : undefined;
  if (signature === undefined) {
    return undefined;
  }
  const endMs = result?.validUntil === undefined ? Number.NaN : Date.parse(result.validUntil);
  return { signer: toSigner(signature), ...(Number.isNaN(endMs) ? {} : { validUntilMs: endMs }) };
}

const WORST_FIRST: readonly SignatureState[] = ["bad", "none", "unknown", "verified"];

function lookUp(asked: ResolvedRequirement, subject: TrustSubject, now: Date): LookedUp {
  const own = resultFor(asked, subject.facts, now);
  if (own.state === "verified" || asked.children === "required") {
    return own;
  }
  const covering = (subject.parents ?? []).map((parent) => resultFor(asked, parent, now));
  return covering.find((each) => each.state === "verified") ?? covering.find((each) => each.state === "unknown") ?? own;
}

/** A requirement without a result is "cannot tell"; so is one whose result has ended. */
function resultFor(asked: ResolvedRequirement, facts: TrustFacts, now: Date): LookedUp {
  const results = (facts.trust ?? []).filter((each) => each.requirement === asked.id);
  const [result] = results
    .filter((each) => each.digest === facts.digest)
    // Two results on one question: the one that says more against the image, whatever order they came in.
    .toSorted((a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state));
  if (result === undefined) {
    return withoutResult(results[0], facts.digest);
  }
  const problem = mainProblem(result.problems);
  if (result.state !== "verified") {
    return { state: result.state, result, ...(problem === undefined ? {} : { problem }) };
  }
  // The empty list is the one mistake that would let everything in.
  if (result.signatures.length === 0) {
    return { state: "unknown", result };
  }
  return result.validUntil !== undefined && !(Date.parse(result.validUntil) > now.getTime())
    ? {
        state: "unknown",
        problem: { code: "EXPIRED", message: `the result was valid until ${result.validUntil}`, location: "" },
      }
    : { state: "verified", result };
}

/** Signed is something else: the digest verified must be the digest admitted, and all requirements agree on it. */
function withoutResult(other: SignatureResult | undefined, digest: Digest): LookedUp {
  if (other?.state !== "verified") {
    return { state: "unknown" };
  }
  const message = `signed is ${other.digest}, the image is ${digest}`;
  return { state: "bad", problem: { code: "DIGEST_MISMATCH", message, location: "" } };
}

/** What failed says more than what was not even tried: the order of the list, bad before unknown. */
function mainProblem(problems: readonly SignatureProblem[]): SignatureProblem | undefined {
  return (
    problems.find((each) => each.effect === "bad") ?? problems.find((each) => each.effect === "unknown") ?? problems[0]
  );
}

function reasonOf(asked: ResolvedRequirement, found: LookedUp, isChild: boolean): Reason {
  const { requirement, field } = asked;
  const { problem, result } = found;
  const claimed = (result?.problems ?? []).flatMap((each) => each.claimedIdentity ?? []);
  const params = {
    field,
    method: methodOf(requirement),
    requirement: describeRequirement(requirement),
    problem: problem?.code ?? "",
    message: clip(problem?.message ?? (found.state === "bad" ? "nothing more is known" : "")),
    location: clip(problem?.location ?? ""),
    found: [...new Set(claimed)].slice(0, MAX_IDENTITIES).map(clip).join(", "),
    ...(isChild ? { child: "true" } : {}),
    ...(problem?.missingSigner === undefined ? {} : { signer: clip(problem.missingSigner) }),
  };
  if (found.state === "bad" && requirement.kind === "notary" && problem?.code === "NOT_SUPPORTED") {
    return { code: "TRUST_NOT_SUPPORTED", effect: "deny", params };
  }
  return { code: codeOf(requirement, found.state), effect: found.state === "unknown" ? "undecided" : "deny", params };
}

function codeOf(requirement: TrustRequirement, state: SignatureState): ReasonCode {
  const isAttestation = requirement.kind === "attestation";
  switch (state) {
    case "none":
      return isAttestation ? "ATTESTATION_MISSING" : "SIGNATURE_MISSING";
    case "unknown":
      return isAttestation ? "ATTESTATION_UNDECIDED" : "SIGNATURE_UNDECIDED";
    case "bad":
    case "verified":
      return isAttestation ? "ATTESTATION_INVALID" : "SIGNATURE_INVALID";
    default:
      return assertNever(state);
  }
}

/** Identities of signatures that do not count, and characters of foreign text, in a message. */
const MAX_IDENTITIES = 5;
const MAX_TEXT = 300;

function clip(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

function toSigner(signature: TrustSigner): TrustSigner {
  const { kind, identity, issuer, keyId, signedAt, predicateType } = signature;
  return {
    kind,
    identity,
    ...(issuer === undefined ? {} : { issuer }),
    keyId,
    ...(signedAt === undefined ? {} : { signedAt }),
    ...(predicateType === undefined ? {} : { predicateType }),
  };
}
