// SPDX-License-Identifier: Apache-2.0

/** Deadlines are seconds away and have margins; so rough a clock costs a review nothing. */
const TICK_MS = 20;

interface Waiting {
  /** `performance.now()` at which it is too late. */
  readonly at: number;
  readonly giveUp: () => void;
}

/**
 * Waits for work only until a time. Nearly all work is done long before, and a timer of its own for each image would cost
 * as much as judging it: one serves all that is waited for, and runs only while something is.
 */
export class Deadlines {
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * The result of the work, or what `late` gives or throws when it is not there at `at` (`performance.now()`) or a little
   * later. The work goes on, so that a second try finds it done.
   */
  async wait<T, L>(work: Promise<T>, at: number, late: () => L): Promise<T | L> {
    return await new Promise<T | L>((resolve, reject) => {
      const waiting: Waiting = {
        at,
        giveUp() {
          try {
            resolve(late());
          } catch (error) {
            reject(error as Error);
          }
        },
      };
      this.#waiting.add(waiting);
      if (this.#timer === undefined) {
        this.#timer = setTimeout(() => this.#tick(), TICK_MS);
      }
      work.then(
        (value) => {
          this.#waiting.delete(waiting);
          resolve(value);
        },
        (error: unknown) => {
          this.#waiting.delete(waiting);
          reject(error as Error);
        },
      );
    });
  }

  #tick(): void {
    const now = performance.now();
    for (const waiting of this.#waiting) {
      if (waiting.at <= now) {
        this.#waiting.delete(waiting);
        waiting.giveUp();
      }
    }
    this.#timer = this.#waiting.size === 0 ? undefined : setTimeout(() => this.#tick(), TICK_MS);
  }
}
