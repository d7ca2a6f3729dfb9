// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import { ImageSourceError } from "#image-source";

/** How another registry behaves, as far as this process knows. */
export interface UpstreamState {
  readonly registry: string;
  /** `limited`: it asks to wait (429). `away`: it does not answer, or with failures of its own. */
  readonly state: "answering" | "limited" | "away";
  /** RFC 3339: when it is asked again. */
  readonly until?: string;
  /** What was wrong last. */
  readonly message?: string;
}

interface Trouble {
  readonly state: "limited" | "away";
  readonly until: number;
  readonly message: string;
  readonly count: number;
}

const FIRST_PAUSE_MS: Readonly<Record<Trouble["state"], number>> = { limited: 30_000, away: 5_000 };
const LAST_PAUSE_MS: Readonly<Record<Trouble["state"], number>> = { limited: 15 * 60_000, away: 60_000 };
/** Whatever a registry says. */
const MAX_ASKED_PAUSE_MS = 6 * 3_600_000;
const AWAY = ["REGISTRY_UNREACHABLE", "REGISTRY_TIMEOUT", "REGISTRY_FAILED"];

/** Leaves registries alone for a while that ask for it, or do not answer: so that nobody waits for them, and they recover. */
export class UpstreamHealth {
  readonly #clock: Clock;
  readonly #troubles: Map<string, Trouble> = new Map();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  noteSuccess(registry: string): void {
    this.#troubles.delete(registry);
  }

  /** Other failures (an unknown name, wrong content) say nothing about the registry as a whole. */
  noteFailure(registry: string, error: unknown): void {
    const state = stateOf(error);
    if (state === undefined || !(error instanceof ImageSourceError)) {
      return;
    }
    const now = this.#clock.now().getTime();
    const before = this.#troubles.get(registry);
    const count = before?.state === state ? before.count + 1 : 1;
    const pauseMs = Math.min(FIRST_PAUSE_MS[state] * 2 ** Math.min(count - 1, 20), LAST_PAUSE_MS[state]);
    const askedMs = Math.min(askedPauseMs(error) ?? 0, MAX_ASKED_PAUSE_MS);
    const until = Math.max(now + Math.max(pauseMs, askedMs), before?.state === state ? before.until : 0);
    this.#troubles.set(registry, { state, until, count, message: `${error.code}: ${error.message}` });
  }

  /** While it is left alone; `undefined` when it may be asked. */
  pause(registry: string): { readonly state: "limited" | "away"; readonly waitMs: number } | undefined {
    const trouble = this.#troubles.get(registry);
    const waitMs = trouble === undefined ? 0 : trouble.until - this.#clock.now().getTime();
    return trouble === undefined || waitMs <= 0 ? undefined : { state: trouble.state, waitMs };
  }

  stateOf(registry: string): UpstreamState {
    const trouble = this.#troubles.get(registry);
    return trouble === undefined
      ? { registry, state: "answering" }
      : {
          registry,
          state: trouble.state,
          until: new Date(trouble.until).toISOString(),
          message: trouble.message,
        };
  }
}

/** How long the registry asks to wait before it is asked again; `undefined`: it says nothing of it. */
export function askedPauseMs(error: unknown): number | undefined {
  const seconds = error instanceof ImageSourceError ? error.details["retryAfterSeconds"] : undefined;
  return typeof seconds === "number" ? seconds * 1_000 : undefined;
}

/** What a failure says about the registry itself. */
export function stateOf(error: unknown): Trouble["state"] | undefined {
  if (!(error instanceof ImageSourceError)) {
    return undefined;
  }
  return error.code === "RATE_LIMITED" ? "limited" : AWAY.includes(error.code) ? "away" : undefined;
}
