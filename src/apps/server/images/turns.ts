// SPDX-License-Identifier: Apache-2.0

/**
 * Lets at most so many do something at once. The others wait, each party in the order in which it came, and the parties
 * take turns: one that sends a thousand must not make another wait for them.
 */
export class Turns {
  readonly #most: number;
  /** By party; the one whose turn is next comes first. */
  readonly #waiting: Map<string, (() => void)[]> = new Map();
  #running = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get isIdle(): boolean {
    return this.#running === 0;
  }

  /** Resolves when it is the caller's turn, with what ends it. */
  async take(party: string = ""): Promise<() => void> {
    if (this.#running < this.#most) {
      this.#running += 1;
    } else {
      await new Promise<void>((resolve) => {
        const waiting = this.#waiting.get(party) ?? [];
        waiting.push(resolve);
        this.#waiting.set(party, waiting);
      });
    }
    return () => {
      const next = this.#next();
      if (next === undefined) {
        this.#running -= 1;
      } else {
        next();
      }
    };
  }

  #next(): (() => void) | undefined {
    const [first] = this.#waiting;
    if (first === undefined) {
      return undefined;
    }
    const [party, waiting] = first;
    const next = waiting.shift();
    this.#waiting.delete(party);
    if (waiting.length > 0) {
      this.#waiting.set(party, waiting);
    }
    return next;
  }
}
