// SPDX-License-Identifier: Apache-2.0
import { ProxyCacheError } from "./errors.ts";

/** What is on its way at once, an image and the question for it each; each takes connections, disk and the scanner. */
const MAX_FLIGHTS = 128;
/** Of one cache: an upstream registry that dribbles must not keep the others from being asked. */
const MAX_FLIGHTS_OF_ONE = 64;

interface Flight {
  readonly prefix: string;
  /** The image that is fetched, as far as it is known; a question otherwise. */
  readonly image?: string;
  readonly done: Promise<void>;
}

/** What the caches of this process are fetching or asking for. */
export class CacheFlights {
  readonly #flights: Map<string, Flight> = new Map();

  has(key: string): boolean {
    return this.#flights.has(key);
  }

  /** Images of the prefix that are on their way. */
  imagesOf(prefix: string): readonly string[] {
    return [...this.#flights.values()].flatMap((flight) =>
      flight.prefix === prefix && flight.image !== undefined ? [flight.image] : [],
    );
  }

  /** Resolves when all that is under way now has ended. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#flights.values()].map(({ done }) => done));
  }

  /** One work at a time for each key, however many ask for it. Throws `CACHE_BUSY` when there is too much of it. */
  async share(key: string, about: Omit<Flight, "done">, work: () => Promise<void>): Promise<void> {
    const known = this.#flights.get(key);
    if (known !== undefined) {
      await known.done;
      return;
    }
    const ofOne = [...this.#flights.values()].filter(({ prefix }) => prefix === about.prefix).length;
    if (this.#flights.size >= MAX_FLIGHTS || ofOne >= MAX_FLIGHTS_OF_ONE) {
      throw new ProxyCacheError("CACHE_BUSY", "too many images are on their way already");
    }
    const done = work();
    this.#flights.set(key, { ...about, done });
    try {
      await done;
    } finally {
      this.#flights.delete(key);
    }
  }
}
