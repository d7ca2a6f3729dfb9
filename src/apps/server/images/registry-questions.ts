// SPDX-License-Identifier: Apache-2.0
import type { Counter } from "prom-client";
import type { RepositoryClient } from "#image-source";
import { LruMap } from "../registry/lru-map.ts";
import type { Candidate, Candidates } from "./credential-candidates.ts";
import { RemoteImageError } from "./errors.ts";
import { isRefusal, toRemoteImageError } from "./image-problem.ts";
import type { RemoteRepository } from "./remote-images.ts";
import type { RepositoryClients } from "./repository-clients.ts";
import { Turns } from "./turns.ts";

/** An answer, and as whom it was given. */
export interface Answered<T> {
  readonly value: T;
  readonly candidate: Candidate;
}

/** `undefined`: the registry has no such thing, or does not show it to this one. */
export type Question<T> = (client: RepositoryClient, signal: AbortSignal) => Promise<T | undefined>;

/** One question to a registry, with all its retries and redirects; reviews do not wait as long, but their next try finds it done. */
const MAX_QUESTION_MS = 30_000;
/** Questions at once to one registry: a slow one must not hold up the others, nor be run over. Those who wait take turns. */
const MAX_AT_ONCE = 16;
const MAX_REMEMBERED = 5_000;

/** Asks registries, as one candidate after the other until one is let in. */
export class RegistryQuestions {
  readonly #clients: RepositoryClients;
  readonly #fetches: Counter<"result">;
  readonly #stopping: AbortSignal;
  /** Which candidate was let in last, so that wrong ones are not shown to the registry each time. */
  readonly #letIn = new LruMap<string, string>(MAX_REMEMBERED);
  readonly #turns: Map<string, Turns> = new Map();

  constructor(
    clients: RepositoryClients,
    options: { readonly fetches: Counter<"result">; readonly stopping: AbortSignal },
  ) {
    this.#clients = clients;
    this.#fetches = options.fetches;
    this.#stopping = options.stopping;
  }

  /** The first answer. Throws RemoteImageError when there is none, and what is not our kind of error as it is. */
  async ask<T>(place: RemoteRepository, candidates: Candidates, question: Question<T>): Promise<Answered<T>> {
    const turns = this.#turns.get(place.registry) ?? new Turns(MAX_AT_ONCE);
    this.#turns.set(place.registry, turns);
    const end = await turns.take(candidates.party);
    try {
      const answered = await this.#askEach(place, candidates, question);
      this.#fetches.inc({ result: "ok" });
      return answered;
    } catch (error) {
      const known = toRemoteImageError(error, place.registry);
      this.#fetches.inc({ result: known instanceof RemoteImageError ? RESULTS[known.code] : "error" });
      throw known;
    } finally {
      end();
      if (turns.isIdle) {
        this.#turns.delete(place.registry);
      }
    }
  }

  async #askEach<T>(place: RemoteRepository, candidates: Candidates, question: Question<T>): Promise<Answered<T>> {
    const signal = AbortSignal.any([this.#stopping, AbortSignal.timeout(MAX_QUESTION_MS)]);
    const remembered = `${place.registry}/${place.repository} ${candidates.key}`;
    const first = this.#letIn.get(remembered);
    const ordered = candidates.list.toSorted((a, b) => Number(b.key === first) - Number(a.key === first));
    let refusal: Error | undefined;
    let isMissing = false;
    for (const candidate of ordered) {
      try {
        const value = await question(await this.#clients.open(place, candidate), signal);
        if (value !== undefined) {
          this.#letIn.set(remembered, candidate.key);
          return { value, candidate };
        }
        // some registries hide what they do not show: other credentials may see it
        isMissing = true;
      } catch (error) {
        if (!isRefusal(error)) {
          throw error;
        }
        refusal ??= error;
      }
    }
    this.#letIn.delete(remembered);
    if (isMissing || refusal === undefined) {
      throw new RemoteImageError("IMAGE_NOT_FOUND", `the registry ${place.registry} has no such image`, {
        details: { registry: place.registry },
      });
    }
    throw refusal;
  }
}

const RESULTS: Readonly<Record<RemoteImageError["code"], string>> = {
  IMAGE_NOT_FOUND: "not-found",
  REGISTRY_REFUSED: "refused",
  REGISTRY_UNAVAILABLE: "unavailable",
  IMAGE_INVALID: "invalid",
};
