// SPDX-License-Identifier: Apache-2.0
import type { AtOnce } from "./at-once.ts";

/** Part of some work; gives the next part. It must neither throw nor reject. */
export type Step = () => AtOnce<Step | undefined>;

/** Works whose steps are taken together: the first of them waits for the others that long, and their memory is held. */
const MAX_TOGETHER = 64;

/**
 * Takes the first step of all works that came in one turn of the event loop, then the second of all, and so on. Each step
 * is a lot of code: one review after the other from its bytes to its record, all of it is fetched into the processor's
 * caches again for each, and whoever waits for answers is woken by each. Together takes little more than half the time.
 * What comes alone waits for nothing: its steps are taken at the end of the same turn.
 */
export class StepQueue {
  #waiting: Step[] = [];

  add(first: Step): void {
    this.#waiting.push(first);
    if (this.#waiting.length === 1) {
      setImmediate(() => this.#run());
    }
  }

  #run(): void {
    const all = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < all.length; from += MAX_TOGETHER) {
      let steps: readonly Step[] = all.slice(from, from + MAX_TOGETHER);
      while (steps.length > 0) {
        steps = this.#take(steps);
      }
    }
  }

  /** The steps that follow. What has to be waited for goes on in a later turn. */
  #take(steps: readonly Step[]): readonly Step[] {
    const following: Step[] = [];
    for (const step of steps) {
      const next = step();
      if (next instanceof Promise) {
        void next.then((later) => this.#addNext(later));
      } else if (next !== undefined) {
        following.push(next);
      }
    }
    return following;
  }

  #addNext(step: Step | undefined): void {
    if (step !== undefined) {
      this.add(step);
    }
  }
}
