// SPDX-License-Identifier: Apache-2.0
import type { Clock, Digest } from "#base";

/** Something made of what is known of images, and the digests whose change makes it void. */
export interface Made<T> {
  readonly value: T;
  readonly digests: readonly Digest[];
  /** Milliseconds of the clock: since when what it was made of is known, where that is longer than it itself. */
  readonly knownSinceMs?: number;
}

/** Milliseconds of the clock. */
export interface MadeAt {
  readonly madeMs: number;
  /** Not later: what is known may itself have been kept. */
  readonly knownSinceMs: number;
}

export interface DigestCacheOptions<T> {
  readonly clock: Clock;
  readonly maxWeight: number;
  /** Of one value; default 1 each. */
  readonly weigh?: (value: T) => number;
  /** When the value is to be made again, should no event come: milliseconds of the clock. */
  readonly endMs: (value: T, times: MadeAt) => number;
}

interface Entry<T> {
  readonly made: Required<Made<T>>;
  readonly madeMs: number;
  readonly endMs: number;
  readonly weight: number;
}

/** A value in the making. */
interface Flight<T> {
  readonly made: Promise<Made<T>>;
  readonly startedMs: number;
  /** Absent while it is not known yet; then every change counts. */
  digests: readonly Digest[] | undefined;
  isStale: boolean;
}

/**
 * Keeps values until they could be otherwise, the least recently used ones going first, and makes each only once at
 * a time.
 */
export class DigestCache<T> {
  readonly #options: DigestCacheOptions<T>;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #keysOf = new Map<Digest, Set<string>>();
  readonly #flights = new Map<string, Flight<T>>();
  #weight = 0;

  constructor(options: DigestCacheOptions<T>) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  find(key: string): T | undefined {
    return this.#find(key)?.made.value;
  }

  /** The value that is kept or being made under the key, or the one that `make` makes now. A failure is not kept. */
  async findOrMake(key: string, make: () => Promise<Made<T>>): Promise<Required<Made<T>>> {
    return this.#find(key)?.made ?? (await this.share(key, make));
  }

  /** The value that is being made under the key, or the one that `make` makes now. */
  async share(key: string, make: () => Promise<Made<T>>): Promise<Required<Made<T>>> {
    const running = this.#flights.get(key);
    if (running !== undefined && !running.isStale) {
      return withStart(await running.made, running.startedMs);
    }
    const startedMs = this.#nowMs();
    const flight: Flight<T> = { made: make(), startedMs, digests: undefined, isStale: false };
    this.#flights.set(key, flight);
    try {
      const made = withStart(await flight.made, startedMs);
      flight.digests = made.digests;
      if (!flight.isStale) {
        this.#keep(key, made, startedMs);
      }
      return made;
    } finally {
      if (this.#flights.get(key) === flight) {
        this.#flights.delete(key);
      }
    }
  }

  /** Something about the digest changed: forgets what was made of it. */
  invalidate(digest: Digest): void {
    for (const key of this.#keysOf.get(digest) ?? []) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) {
        this.#remove(key, entry);
      }
    }
    for (const flight of this.#flights.values()) {
      if (flight.digests === undefined || flight.digests.includes(digest)) {
        flight.isStale = true;
      }
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#keysOf.clear();
    this.#weight = 0;
    for (const flight of this.#flights.values()) {
      flight.isStale = true;
    }
  }

  #nowMs(): number {
    return this.#options.clock.now().getTime();
  }

  #find(key: string): Entry<T> | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      return undefined;
    }
    const nowMs = this.#nowMs();
    // A clock that was set back must not lengthen a life.
    if (nowMs >= entry.endMs || nowMs < entry.madeMs) {
      this.#remove(key, entry);
      return undefined;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  #keep(key: string, made: Required<Made<T>>, madeMs: number): void {
    const { weigh, endMs, maxWeight } = this.#options;
    const { value, digests, knownSinceMs } = made;
    const old = this.#entries.get(key);
    if (old !== undefined) {
      this.#remove(key, old);
    }
    const entry = { made, madeMs, endMs: endMs(value, { madeMs, knownSinceMs }), weight: weigh?.(value) ?? 1 };
    if (entry.endMs <= madeMs || entry.weight > maxWeight) {
      return;
    }
    this.#entries.set(key, entry);
    this.#weight += entry.weight;
    for (const digest of digests) {
      const keys = this.#keysOf.get(digest) ?? new Set();
      this.#keysOf.set(digest, keys.add(key));
    }
    for (const [oldest, each] of this.#entries) {
      if (this.#weight <= maxWeight) {
        break;
      }
      this.#remove(oldest, each);
    }
  }

  #remove(key: string, entry: Entry<T>): void {
    this.#entries.delete(key);
    this.#weight -= entry.weight;
    for (const digest of entry.made.digests) {
      const keys = this.#keysOf.get(digest);
      keys?.delete(key);
      if (keys?.size === 0) {
        this.#keysOf.delete(digest);
      }
    }
  }
}

function withStart<T>(made: Made<T>, startedMs: number): Required<Made<T>> {
  return { ...made, knownSinceMs: Math.min(startedMs, made.knownSinceMs ?? startedMs) };
}
