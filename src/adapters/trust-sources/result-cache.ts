// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { SignatureResult } from "#signatures";
import type { ResultLifetimes } from "./signature-verifier-options.ts";

interface Kept {
  readonly digest: Digest;
  readonly result: SignatureResult;
  readonly until: number;
}

interface Flight {
  readonly digest: Digest;
  readonly result: Promise<SignatureResult>;
}

/**
 * Results by everything that they rest on, each for as long as its state may be told again, and one search at a time for
 * each. A result never changes here: what was unknown is looked for again when its time is over.
 */
export class ResultCache {
  readonly #lifetimes: ResultLifetimes;
  readonly #maxResults: number;
  readonly #kept: Map<string, Kept> = new Map();
  readonly #flights: Map<string, Flight> = new Map();

  constructor(lifetimes: ResultLifetimes, maxResults: number) {
    this.#lifetimes = lifetimes;
    this.#maxResults = maxResults;
  }

  /** The kept result, the one that is being looked for, or a new one by `find`. */
  async get(key: string, digest: Digest, now: Date, find: () => Promise<SignatureResult>): Promise<SignatureResult> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && now.getTime() < kept.until && now.getTime() >= kept.until - this.#longest()) {
      return kept.result;
    }
    const flying = this.#flights.get(key);
    if (flying !== undefined) {
      return await flying.result;
    }
    const flight: Flight = { digest, result: find() };
    this.#flights.set(key, flight);
    try {
      const result = await flight.result;
      // forgotten while it was on its way: what it saw may be what changed
      if (this.#flights.get(key) === flight) {
        this.#keep(key, digest, result, now);
      }
      return result;
    } finally {
      if (this.#flights.get(key) === flight) {
        this.#flights.delete(key);
      }
    }
  }

  forget(digest: Digest): void {
    for (const map of [this.#kept, this.#flights]) {
      for (const [key, entry] of map) {
        if (entry.digest === digest) {
          map.delete(key);
        }
      }
    }
  }

  #keep(key: string, digest: Digest, result: SignatureResult, now: Date): void {
    const ends = now.getTime() + this.#lifetimes[result.state];
    const validUntil = result.validUntil === undefined ? ends : Date.parse(result.validUntil);
    // an end that cannot be read is taken as now
    const until = Number.isNaN(validUntil) ? now.getTime() : Math.min(ends, validUntil);
    this.#kept.delete(key);
    if (until <= now.getTime()) {
      return;
    }
    this.#kept.set(key, { digest, result, until });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#maxResults && oldest !== undefined) {
      this.#kept.delete(oldest);
    }
  }

  /** A clock that was set back must not make results live on. */
  #longest(): number {
    return Math.max(...Object.values(this.#lifetimes));
  }
}
