// SPDX-License-Identifier: Apache-2.0
import type { SignatureState } from "#signatures";
import { pinsDigest, resolveEntry } from "./facts-needed.ts";
import type { ImageFacts } from "./image-facts.ts";
import { type EntryJudgement, earliest, type IndexRule, judgeEntry } from "./judge-entry.ts";
import { orderReasons } from "./order-reasons.ts";
import type { SecretScope } from "./policy-secret.ts";
import { type EntrySelection, type PolicyQuestion, type SelectedEntry, selectEntry } from "./select-entry.ts";
import type { DecidingPolicy, Reason, TrustSummary, Verdict } from "./verdict.ts";

/** What a verdict is made from. */
export interface EvaluationInput extends PolicyQuestion, SecretScope {
  readonly facts: ImageFacts;
  readonly now: Date;
  /**
   * What an index needs. `every-child` (default): each child that can run must pass, since nobody knows which one a
   * node takes. `any-child`: one is enough, for the registry, where each child is judged again when it is pulled.
   */
  readonly indexRule?: IndexRule;
}

type Mode = Verdict["mode"];

interface Judged {
  readonly selected: SelectedEntry;
  readonly mode: Mode;
  readonly judgement: EntryJudgement;
}

/** Stricter first. */
const MODES: readonly Mode[] = ["enforce", "warn", "audit"];
const WEIGHTS: Readonly<Record<Verdict["outcome"], number>> = { allow: 0, undecided: 1, deny: 2 };
/** Worse first: a bad signature is louder than none. */
const STATES: readonly SignatureState[] = ["bad", "none", "unknown", "verified"];

/**
 * The verdict on one image: the one function that every gate calls. Pure; never throws on any facts or policies of the
 * declared types. Deny outweighs undecided, undecided outweighs allow, also among the winning entry and the mandatory ones.
 */
export function evaluate(input: EvaluationInput): Verdict {
  const selection = selectEntry(input);
  if (selection.state !== "selected") {
    return withoutEntry(selection, input.namespace);
  }
  const judged = [selection, ...selection.mandatory].map((selected) => judge(selected, input));
  const mode = decidingMode(judged) ?? modeOf(selection);
  const reasons = judged.flatMap((each) => reasonsUnder(each, mode));
  const outcomes = judged.filter((each) => each.mode === mode).map((each) => each.judgement.outcome);
  const digest = input.facts.kind === "unknown" ? undefined : input.facts.digest;
  const { validUntilMs } = earliest(judged.map((each) => each.judgement));
  const accepted = judged.find((each) => each.judgement.acceptedVerdict !== undefined)?.judgement.acceptedVerdict;
  const { spelling } = selection.document;
  const isOwnDoing = judged.slice(1).every((each) => each.judgement.outcome === "allow");
  return {
    outcome: outcomes.includes("deny") ? "deny" : outcomes.includes("undecided") ? "undecided" : "allow",
    reasons: orderReasons(reasons),
    policy: decidingPolicy(selection),
    ...mandatoryDecision(judged, mode),
    ...(judged.length > 1 ? { mandatory: selection.mandatory.map(decidingPolicy) } : {}),
    mode,
    mutateImage: judged.some(({ selected }) => pinsDigest(selected.entry.policy)),
    ...trustSummary(judged),
    ...(accepted === undefined ? {} : { acceptedVerdict: accepted }),
    ...(spelling !== undefined && isOwnDoing ? { spelling } : {}),
    ...(digest === undefined ? {} : { digest }),
    ...(validUntilMs === undefined ? {} : { validUntil: new Date(validUntilMs).toISOString() }),
  };
}

function judge(selected: SelectedEntry, input: EvaluationInput): Judged {
  const judgement = judgeEntry(input.facts, {
    checks: selected.entry.policy ?? {},
    trust: resolveEntry(selected, input),
    indexRule: input.indexRule ?? "every-child",
    now: input.now,
  });
  return { selected, mode: modeOf(selected), judgement };
}

/** Names the mandatory document whose outcome it is, where the winning entry alone would have let the image pass. */
function mandatoryDecision([own, ...mandatory]: readonly Judged[], mode: Mode): Pick<Verdict, "decidedBy"> {
  function weigh(judged: Judged | undefined): number {
    return judged?.mode === mode ? WEIGHTS[judged.judgement.outcome] : 0;
  }
  const worst = mandatory.toSorted((left, right) => weigh(right) - weigh(left))[0];
  return worst === undefined || weigh(worst) <= weigh(own) ? {} : { decidedBy: decidingPolicy(worst.selected) };
}

function modeOf({ entry }: SelectedEntry): Mode {
  return entry.policy?.mode ?? "enforce";
}

/** The strictest mode in which something is wrong: what only warns must not soften what is enforced, nor be enforced by it. */
function decidingMode(judged: readonly Judged[]): Mode | undefined {
  return MODES.find((mode) => judged.some((each) => each.mode === mode && each.judgement.outcome !== "allow"));
}

function reasonsUnder({ mode, judgement }: Judged, deciding: Mode): readonly Reason[] {
  return mode === deciding || judgement.outcome === "allow"
    ? judgement.reasons
    : judgement.reasons.map((reason) => ({ ...reason, effect: "warn" as const }));
}

function trustSummary(judged: readonly Judged[]): { readonly trust?: TrustSummary } {
  const states = judged.flatMap((each) => each.judgement.states);
  const state = STATES.find((each) => states.includes(each));
  if (state === undefined) {
    return {};
  }
  const signers = judged.flatMap((each) => each.judgement.signers);
  return { trust: { state, signers: [...new Map(signers.map((each) => [JSON.stringify(each), each])).values()] } };
}

function withoutEntry(
  selection: Exclude<EntrySelection, { readonly state: "selected" }>,
  namespace: string | undefined,
): Verdict {
  const where: Record<string, string> = namespace === undefined ? {} : { namespace };
  if (selection.state === "no-policy") {
    const reason: Reason = { code: "NO_POLICY", effect: "deny", params: where };
    return { outcome: "deny", reasons: [reason], mode: "enforce", mutateImage: false };
  }
  const { level: kind, spelling } = selection;
  const reason: Reason = { code: "NO_MATCHING_REPOSITORY", effect: "deny", params: { ...where, kind } };
  return {
    outcome: "deny",
    reasons: [reason],
    mode: "enforce",
    mutateImage: false,
    ...(spelling === undefined ? {} : { spelling }),
  };
}

function decidingPolicy({ document, entry }: SelectedEntry): DecidingPolicy {
  const { kind, name, namespace } = document;
  return { kind, name, ...(namespace === undefined ? {} : { namespace }), repository: entry.name };
}
