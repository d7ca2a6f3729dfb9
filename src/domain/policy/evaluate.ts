// SPDX-License-Identifier: Apache-2.0
import type { ImageFacts, PlatformFacts } from "./image-facts.ts";
import { judgePlatform, needsScan } from "./judge-platform.ts";
import { orderReasons } from "./order-reasons.ts";
import type { ImageChecks, PolicyDocument } from "./policy-document.ts";
import { type EntrySelection, selectEntry } from "./select-entry.ts";
import type { DecidingPolicy, Reason, Verdict } from "./verdict.ts";

/** What a verdict is made from. */
export interface EvaluationInput {
  /** The image as written by whoever asked, e.g. `127.0.0.1:5000/team/app:1.0`. */
  readonly reference: string;
  /** The namespace of the workload; absent at the registry, in a build, on the command line. */
  readonly namespace?: string;
  readonly facts: ImageFacts;
  readonly policies: readonly PolicyDocument[];
  readonly now: Date;
  /**
   * What an index needs. `every-child` (default): each child that can run must pass, since nobody knows which one a
   * node takes. `any-child`: one is enough, for the registry, where each child is judged again when it is pulled.
   */
  readonly indexRule?: IndexRule;
  /**
   * Names (host, host:port) of one registry, the main one first: a reference that uses one of them is matched as if it
   * used any, so that nobody escapes an entry through another name of the same registry.
   */
  readonly hostAliases?: readonly string[];
}

export type IndexRule = "any-child" | "every-child";

type Outcome = Verdict["outcome"];

/** What the facts come to under the checks of one entry. */
interface FactsJudgement {
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  readonly validUntilMs?: number;
}

/**
 * The verdict on one image: the one function that every gate calls. Pure; never throws on any facts or policies of the
 * declared types. Deny outweighs undecided, undecided outweighs allow.
 */
export function evaluate(input: EvaluationInput): Verdict {
  const selection = selectEntry(input);
  if (selection.state !== "selected") {
    return withoutEntry(selection, input.namespace);
  }
  const checks = selection.entry.policy;
  const judgement = judgeFacts(input, checks ?? {});
  const digest = input.facts.kind === "unknown" ? undefined : input.facts.digest;
  return {
    outcome: judgement.outcome,
    reasons: orderReasons(judgement.reasons),
    policy: decidingPolicy(selection),
    mode: checks?.mode ?? "enforce",
    mutateImage: pinsDigest(checks),
    ...(digest === undefined ? {} : { digest }),
    ...(judgement.validUntilMs === undefined ? {} : { validUntil: new Date(judgement.validUntilMs).toISOString() }),
  };
}

/**
 * Whether `evaluate` could use facts about the image. When not, the caller passes `{ kind: "unknown" }` and contacts
 * nothing: an image that is let through unchecked must not fail because its registry is down.
 */
export function policyNeedsFacts(image: {
  readonly reference: string;
  readonly namespace?: string;
  readonly policies: readonly PolicyDocument[];
  readonly hostAliases?: readonly string[];
}): boolean {
  const selection = selectEntry(image);
  return selection.state === "selected" && (needsScan(selection.entry.policy) || pinsDigest(selection.entry.policy));
}

/** Portieris pins what a check resolved, and leaves an unchecked image as it is; `mutateImage: true` asks for it outright. */
function pinsDigest(checks: ImageChecks | undefined): boolean {
  return checks?.mutateImage ?? needsScan(checks);
}

function withoutEntry(
  selection: Exclude<EntrySelection, { readonly state: "selected" }>,
  namespace: string | undefined,
): Verdict {
  const where: Record<string, string> = namespace === undefined ? {} : { namespace };
  const reason: Reason =
    selection.state === "no-policy"
      ? { code: "NO_POLICY", effect: "deny", params: where }
      : { code: "NO_MATCHING_REPOSITORY", effect: "deny", params: { ...where, kind: selection.level } };
  return { outcome: "deny", reasons: [reason], mode: "enforce", mutateImage: false };
}

function decidingPolicy(selection: Extract<EntrySelection, { readonly state: "selected" }>): DecidingPolicy {
  const { kind, name, namespace } = selection.document;
  return { kind, name, ...(namespace === undefined ? {} : { namespace }), repository: selection.entry.name };
}

function judgeFacts(input: EvaluationInput, checks: ImageChecks): FactsJudgement {
  if (!needsScan(checks)) {
    return { outcome: "allow", reasons: [] };
  }
  const { facts, now } = input;
  switch (facts.kind) {
    case "unknown":
      return { outcome: "undecided", reasons: [{ code: "IMAGE_UNKNOWN", effect: "undecided", params: {} }] };
    case "image":
      return judgeImage(facts, checks, now);
    case "index":
      return judgeIndex(
        facts.children.map((child) => judgeChild(child, checks, now)),
        input.indexRule ?? "every-child",
      );
    default:
      // Not reachable with the declared types; deny rather than allow if it ever is.
      return { outcome: "deny", reasons: [] };
  }
}

function judgeImage(facts: PlatformFacts, checks: ImageChecks, now: Date): FactsJudgement {
  const judgement = judgePlatform(facts, checks, now);
  return { ...judgement, outcome: outcomeOf(judgement.reasons) };
}

function judgeChild(child: PlatformFacts, checks: ImageChecks, now: Date): FactsJudgement {
  const judgement = judgeImage(child, checks, now);
  return { ...judgement, reasons: judgement.reasons.map((reason) => ({ ...reason, platform: child.platform })) };
}

function judgeIndex(children: readonly FactsJudgement[], rule: IndexRule): FactsJudgement {
  const reasons = children.flatMap((child) => child.reasons);
  const validity = children.flatMap((child) => child.validUntilMs ?? []);
  const validUntil = validity.length === 0 ? {} : { validUntilMs: Math.min(...validity) };
  const isAnyAllowed = children.some((child) => child.outcome === "allow");
  if (isAnyAllowed && rule === "any-child") {
    // The other children are refused when they are pulled; here they are worth a warning.
    return { outcome: "allow", reasons: reasons.map((each) => ({ ...each, effect: "warn" })), ...validUntil };
  }
  const worst = children.length === 0 ? "deny" : outcomeOf(reasons);
  if (worst === "deny" && !isAnyAllowed) {
    reasons.push({ code: "NO_PLATFORM_ALLOWED", effect: "deny", params: { children: children.length } });
  }
  return { outcome: worst, reasons, ...validUntil };
}

function outcomeOf(reasons: readonly Reason[]): Outcome {
  if (reasons.some((reason) => reason.effect === "deny")) {
    return "deny";
  }
  return reasons.some((reason) => reason.effect === "undecided") ? "undecided" : "allow";
}
