// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { storableText } from "./storable-text.ts";
import type { DecisionRecord } from "./stores.ts";

export const MAX_NAME_CHARACTERS = 2_000;
/** An image may have thousands of vulnerabilities; the record keeps the worst (reasons are sorted). */
const MAX_REASONS = 100;
const MAX_REMEMBERED = 2_000;
/** What is longer, nobody else is likely to say again; remembered, it would take memory without a bound. */
const MAX_KEY_CHARACTERS = 20_000;

/** What was decided about the images of one review, which is the same for most reviews of a workload. */
export interface DecisionContent {
  /** Of a hash of all of it, so that replicas need not ask each other what it is called. */
  readonly id: string;
  /** A JSON object for each image. */
  readonly images: readonly string[];
  /** Whether it is known to be in the database. */
  isStored: boolean;
}

/** Gives decisions with the same content the same object, as long as it is remembered. */
export class DecisionContents {
  readonly #clusterId: string;
  readonly #known = new Map<string, DecisionContent>();

  constructor(clusterId: string) {
    this.#clusterId = clusterId;
  }

  of(decisions: readonly DecisionRecord[]): DecisionContent {
    let key = "";
    for (const decision of decisions) {
      key += keyOf(decision);
    }
    const known = this.#known.get(key);
    if (known !== undefined) {
      return known;
    }
    const made = this.#make(decisions);
    if (key.length <= MAX_KEY_CHARACTERS) {
      if (this.#known.size >= MAX_REMEMBERED) {
        this.#known.clear();
      }
      this.#known.set(key, made);
    }
    return made;
  }

  #make(decisions: readonly DecisionRecord[]): DecisionContent {
    const rows = decisions.map(toRow);
    // Half of a SHA-256 is enough: the id of the cluster is in it, so that nobody from outside can look for two contents with one hash.
    const hash = createHash("sha256")
      .update(JSON.stringify([this.#clusterId, rows]))
      .digest("hex");
    return {
      id: hash.slice(0, 32),
      images: rows.map((row, place) => JSON.stringify({ content_id: hash.slice(0, 32), place, ...row })),
      isStored: false,
    };
  }
}

/** Columns of `decided_image` beside those that say where the row belongs; all are text. */
export const IMAGE_COLUMNS = [
  "gate",
  "actor",
  "reference",
  "digest",
  "outcome",
  "reasons",
  "policy",
  "kind",
  "operation",
  "webhook",
  "policy_generation",
  "exceptions",
  "passed_as",
] as const;

/** Unambiguous: texts that others choose come with their length, so that none of them can look like another field. */
function keyOf(decision: DecisionRecord): string {
  const { actor, reference, kind = "", policyGeneration = "", reasons, policy, exceptions = NONE } = decision;
  return `${actor.length} ${actor}${reference.length} ${reference}${kind.length} ${kind}${policyGeneration.length} ${policyGeneration}${decision.gate} ${decision.outcome} ${decision.digest ?? ""} ${decision.operation ?? ""} ${decision.webhook ?? ""} ${decision.passedAs ?? ""} ${jsonOf(reasons)}${policy === undefined ? "" : jsonOf(policy)}${jsonOf(exceptions)}\n`;
}

const NONE: readonly never[] = [];
const TEXTS = new WeakMap<object, string>();

/** Reasons and policies are those of a verdict that is kept, and written once for all reviews that it answers. */
function jsonOf(value: object): string {
  const known = TEXTS.get(value);
  if (known !== undefined) {
    return known;
  }
  const text = JSON.stringify(Array.isArray(value) ? value.slice(0, MAX_REASONS) : value);
  TEXTS.set(value, text);
  return text;
}

function toRow(decision: DecisionRecord): Readonly<Record<(typeof IMAGE_COLUMNS)[number], string | null>> {
  const { exceptions = NONE } = decision;
  return {
    gate: decision.gate,
    actor: storableText(decision.actor, MAX_NAME_CHARACTERS),
    reference: storableText(decision.reference, MAX_NAME_CHARACTERS),
    digest: decision.digest ?? null,
    outcome: decision.outcome,
    reasons: jsonOf(decision.reasons),
    policy: decision.policy === undefined ? null : jsonOf(decision.policy),
    kind: decision.kind === undefined ? null : storableText(decision.kind, MAX_NAME_CHARACTERS),
    operation: decision.operation ?? null,
    webhook: decision.webhook ?? null,
    policy_generation: decision.policyGeneration ?? null,
    exceptions: exceptions.length === 0 ? null : jsonOf(exceptions),
    passed_as: decision.passedAs ?? null,
  };
}
