// SPDX-License-Identifier: Apache-2.0
import type { Clock, Digest } from "#base";
import type { Judgement } from "../context.ts";

/** A verdict lives this long at most, should an event ever be lost without anybody noticing. */
const MAX_AGE_MS = 60_000;
/** "Cannot tell" usually ends soon, and not only by events that we hear of. */
const MAX_UNDECIDED_AGE_MS = 2_000;

/** Signatures also come to lie where no event tells of them: on a Notary server, in a lookaside store. */
const MAX_UNSIGNED_AGE_MS = 5_000;

interface Entry {
  readonly judgement: Judgement;
  readonly digests: readonly Digest[];
  readonly madeMs: number;
  readonly expiresMs: number;
}

/** A judgement in the making. */
interface Flight {
  readonly judged: Promise<Judged>;
  /** Absent while it is not known yet; then every change counts. */
  digests: readonly Digest[] | undefined;
  isStale: boolean;
}

/** What was judged: the judgement and the digests whose change makes it void. */
export interface Judged {
  readonly judgement: Judgement;
  readonly digests: readonly Digest[];
}

/**
 * Keeps judgements until they could be otherwise, the least recently used ones going first, and makes each only once at
 * a time.
 */
export class JudgementCache {
  readonly #clock: Clock;
  readonly #maxEntries: number;
  readonly #entries = new Map<string, Entry>();
  readonly #keysOf = new Map<Digest, Set<string>>();
  readonly #flights = new Map<string, Flight>();

  constructor(options: { readonly clock: Clock; readonly maxEntries: number }) {
    this.#clock = options.clock;
    this.#maxEntries = options.maxEntries;
  }

  get size(): number {
    return this.#entries.size;
  }

  find(key: string): Judgement | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      return undefined;
    }
    const nowMs = this.#clock.now().getTime();
    // A clock that was set back must not lengthen a life.
    if (nowMs >= entry.expiresMs || nowMs < entry.madeMs) {
      this.#remove(key, entry);
      return undefined;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.judgement;
  }

  /** The judgement that is being made under the key, or the one that `make` makes now. A failure is not kept. */
  async share(key: string, make: () => Promise<Judged>): Promise<Judgement> {
    const running = this.#flights.get(key);
    if (running !== undefined && !running.isStale) {
      return (await running.judged).judgement;
    }
    const madeMs = this.#clock.now().getTime();
    const flight: Flight = { judged: make(), digests: undefined, isStale: false };
    this.#flights.set(key, flight);
    try {
      const judged = await flight.judged;
      flight.digests = judged.digests;
      if (!flight.isStale) {
        this.#keep(key, judged, madeMs);
      }
      return judged.judgement;
    } finally {
      if (this.#flights.get(key) === flight) {
        this.#flights.delete(key);
      }
    }
  }

  /** Something about the digest changed: forgets what was judged with it. */
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
    for (const flight of this.#flights.values()) {
      flight.isStale = true;
    }
  }

  #keep(key: string, { judgement, digests }: Judged, madeMs: number): void {
    const { validUntil } = judgement.verdict;
    const ageMs = maxAgeMs(judgement.verdict);
    const untilMs = validUntil === undefined ? Number.POSITIVE_INFINITY : Date.parse(validUntil);
    const old = this.#entries.get(key);
    if (old !== undefined) {
      this.#remove(key, old);
    }
    this.#entries.set(key, { judgement, digests, madeMs, expiresMs: Math.min(madeMs + ageMs, untilMs) });
    for (const digest of digests) {
      const keys = this.#keysOf.get(digest) ?? new Set();
      this.#keysOf.set(digest, keys.add(key));
    }
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= this.#maxEntries) {
        break;
      }
      this.#remove(oldest, entry);
    }
  }

  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key);
    for (const digest of entry.digests) {
      const keys = this.#keysOf.get(digest);
      keys?.delete(key);
      if (keys?.size === 0) {
        this.#keysOf.delete(digest);
      }
    }
  }
}

function maxAgeMs({ outcome, trust, reasons }: Judgement["verdict"]): number {
  // no event tells that another registry has mended what it sends
  if (outcome === "undecided" || reasons.some(({ code }) => code === "IMAGE_INVALID")) {
    return MAX_UNDECIDED_AGE_MS;
  }
  return outcome === "deny" && trust !== undefined && trust.state !== "verified" ? MAX_UNSIGNED_AGE_MS : MAX_AGE_MS;
}
