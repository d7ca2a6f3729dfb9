// SPDX-License-Identifier: Apache-2.0
import type { SignatureState } from "#signatures";
import { type Exemptions, findExemptions } from "./exempt-reasons.ts";
import { pinsDigest, resolveEntry } from "./facts-needed.ts";
import type { ImageFacts } from "./image-facts.ts";
import { type EntryJudgement, earliest, type IndexRule, judgeEntry, toWarning } from "./judge-entry.ts";
import { orderReasons } from "./order-reasons.ts";
import type { PolicyException } from "./policy-exception.ts";
import type { SecretScope } from "./policy-secret.ts";
import { reasonOfBroken } from "./reason-of-broken.ts";
import {
  type EntrySelection,
  judgingEntries,
  type PolicyQuestion,
  type SelectedEntry,
  selectBeside,
  selectEntry,
} from "./select-entry.ts";
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
  /** Platforms of the nodes, e.g. `linux/amd64`: which children of an index count where the policy names none; absent: all for linux. */
  readonly platforms?: readonly string[];
  /** Granted exceptions; only those count that fit. */
  readonly exceptions?: readonly PolicyException[];
  /** What the image runs in, for exceptions that name workloads. */
  readonly workload?: { readonly kind: string; readonly name: string };
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
  const found = selectEntry(input);
  const exemptions = findExemptions(input);
  const hasEntry = found.state === "selected" || found.state === "broken";
  const without = hasEntry ? undefined : withoutEntry(found, input, exemptions);
  if (without?.denied !== undefined) {
    return without.denied;
  }
  const selection = hasEntry ? found : { state: "broken" as const, ...selectBeside(input) };
  const judged = judgingEntries(selection).map((selected) => judge(selected, input, exemptions));
  const invalid = selection.broken.map(reasonOfBroken);
  const own = selection.state === "selected" ? selection : undefined;
  const mode = invalid.length > 0 ? "enforce" : (decidingMode(judged) ?? (own === undefined ? "enforce" : modeOf(own)));
  const outcomes = judged.filter((each) => each.mode === mode).map((each) => each.judgement.outcome);
  const digest = input.facts.kind === "unknown" ? undefined : input.facts.digest;
  const exceptions = exemptions.used();
  const { validUntilMs } = earliest([
    ...judged.map((each) => each.judgement),
    ...exceptions.map(({ until }) => ({ validUntilMs: Date.parse(until) })),
  ]);
  const accepted = judged.find((each) => each.judgement.acceptedVerdict !== undefined)?.judgement.acceptedVerdict;
  const spelling = own?.document.spelling;
  const isOwnDoing = invalid.length === 0 && judged.slice(1).every((each) => each.judgement.outcome === "allow");
  return {
    outcome: outcomes.includes("deny")
      ? "deny"
      : outcomes.includes("undecided") || invalid.length > 0
        ? "undecided"
        : "allow",
    reasons: orderReasons([
      ...(without?.reasons ?? []),
      ...invalid,
      ...judged.flatMap((each) => reasonsUnder(each, mode)),
    ]),
    ...(own === undefined ? {} : { policy: decidingPolicy(own) }),
    ...mandatoryDecision(judged, mode, own !== undefined),
    ...(selection.mandatory.length > 0 ? { mandatory: selection.mandatory.map(decidingPolicy) } : {}),
    ...(exceptions.length > 0 ? { exceptions } : {}),
    mode,
    mutateImage: judged.some(({ selected }) => pinsDigest(selected.entry.policy)),
    ...trustSummary(judged),
    ...(accepted === undefined ? {} : { acceptedVerdict: accepted }),
    ...(spelling !== undefined && isOwnDoing ? { spelling } : {}),
    ...(digest === undefined ? {} : { digest }),
    ...(validUntilMs === undefined ? {} : { validUntil: new Date(validUntilMs).toISOString() }),
  };
}

function judge(selected: SelectedEntry, input: EvaluationInput, exemptions: Exemptions): Judged {
  const { platforms } = input;
  const judgement = judgeEntry(input.facts, {
    checks: selected.entry.policy ?? {},
    trust: resolveEntry(selected, input),
    indexRule: input.indexRule ?? "every-child",
    reference: input.reference,
    ...(platforms === undefined ? {} : { platforms }),
    exemptions,
    now: input.now,
  });
  return { selected, mode: modeOf(selected), judgement };
}

/** Names the mandatory document whose outcome it is, where the winning entry alone would have let the image pass. */
function mandatoryDecision(judged: readonly Judged[], mode: Mode, hasOwn: boolean): Pick<Verdict, "decidedBy"> {
  const own = hasOwn ? judged[0] : undefined;
  const mandatory = hasOwn ? judged.slice(1) : judged;
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
  return mode === deciding || judgement.outcome === "allow" ? judgement.reasons : judgement.reasons.map(toWarning);
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

/** The denial of an image that no entry is for; without it where an exception lets that pass. */
function withoutEntry(
  selection: Extract<EntrySelection, { readonly state: "no-policy" | "no-match" }>,
  { namespace, facts }: EvaluationInput,
  exemptions: Exemptions,
): Pick<Verdict, "reasons"> & { readonly denied?: Verdict } {
  const where: Record<string, string> = namespace === undefined ? {} : { namespace };
  const reason: Reason =
    selection.state === "no-policy"
      ? { code: "NO_POLICY", effect: "deny", params: where }
      : { code: "NO_MATCHING_REPOSITORY", effect: "deny", params: { ...where, kind: selection.level } };
  const reasons = exemptions.exempt([reason], facts.kind === "unknown" ? [] : [facts.digest]);
  if (exemptions.used().length > 0) {
    return { reasons };
  }
  const { spelling } = selection;
  return {
    reasons,
    denied: {
      outcome: "deny",
      reasons,
      mode: "enforce",
      mutateImage: false,
      ...(spelling === undefined ? {} : { spelling }),
    },
  };
}

function decidingPolicy({ document, entry }: SelectedEntry): DecidingPolicy {
  const { kind, name, namespace } = document;
  return { kind, name, ...(namespace === undefined ? {} : { namespace }), repository: entry.name };
}
