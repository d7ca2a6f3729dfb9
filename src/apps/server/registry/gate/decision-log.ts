// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { DecisionStore } from "#database";
import type { Judgement } from "../../context.ts";
import type { Exchange } from "../http/exchange.ts";
import { LruMap } from "../lru-map.ts";

/** One actor that pulls one image again and again is one decision in this time. */
const REPEAT_MS = 10 * 60 * 1000;
const MAX_REMEMBERED = 20_000;

/** A judgement and for whom it was made. */
export interface GateDecision {
  readonly exchange: Exchange;
  readonly reference: string;
  readonly judgement: Judgement;
  readonly durationMs: number;
}

/** Records what the gate decided: every refusal, and each allow once per actor and digest in ten minutes. */
export class DecisionLog {
  readonly #decisions: DecisionStore;
  readonly #clock: Clock;
  readonly #allowed = new LruMap<string, number>(MAX_REMEMBERED);

  constructor(decisions: DecisionStore, clock: Clock) {
    this.#decisions = decisions;
    this.#clock = clock;
  }

  record(decision: GateDecision): void {
    const { verdict, digest } = decision.judgement;
    const now = this.#clock.now();
    const actor = decision.exchange.actor;
    if (verdict.outcome === "allow") {
      const key = `${actor} ${digest}`;
      const age = now.getTime() - (this.#allowed.get(key) ?? Number.NEGATIVE_INFINITY);
      if (age >= 0 && age < REPEAT_MS) {
        return;
      }
      this.#allowed.set(key, now.getTime());
    }
    const policy = verdict.decidedBy ?? verdict.policy;
    this.#decisions.record({
      gate: "registry",
      actor,
      reference: decision.reference,
      digest,
      outcome: verdict.outcome,
      reasons: verdict.reasons,
      ...(policy === undefined ? {} : { policy }),
      requestId: decision.exchange.requestId,
      durationMs: decision.durationMs,
      decidedAt: now.toISOString(),
    });
  }
}
