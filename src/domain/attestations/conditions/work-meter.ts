// SPDX-License-Identifier: Apache-2.0
import { type CelValue, isCelList, isCelMap } from "@bufbuild/cel";

/** How many characters of text are one unit: comparing and searching text is fast. */
const CHARACTERS_PER_UNIT = 32;

/** Thrown inside an evaluation, where CEL makes an error value of it; the meter itself remembers that it is empty. */
class WorkExceeded extends Error {}

/**
 * Counts the work of an evaluation and ends it: one unit for each turn of a loop and each value that goes into a call,
 * more for long texts, and for each value inside of a list or map that is compared. A counter, not a clock, so that
 * equal statements give equal results on every machine.
 */
export class WorkMeter {
  #left = 0;

  /** Starts again with so many units. */
  fill(units: number): void {
    this.#left = units;
  }

  get left(): number {
    return Math.max(0, this.#left);
  }

  get isExceeded(): boolean {
    return this.#left < 0;
  }

  /** Whether the work may go on. */
  spend(units: number): boolean {
    this.#left -= units;
    return this.#left >= 0;
  }

  /** The same for work that cannot be stopped once it began: throws when nothing is left. */
  pay(units: number): void {
    if (!this.spend(units)) {
      throw new WorkExceeded("condition takes too much work");
    }
  }

  /** Pays for handing over a value; throws when nothing is left. */
  payFor(value: CelValue, perCharacter: number = 1 / CHARACTERS_PER_UNIT): void {
    const length = typeof value === "string" || value instanceof Uint8Array ? value.length : 0;
    this.pay(1 + Math.floor(length * perCharacter));
  }

  /** Pays for looking at everything inside of a value. The data has no cycles and bounded depth. */
  payForAllOf(value: CelValue): void {
    this.payFor(value);
    if (isCelList(value)) {
      for (const item of value) {
        this.payForAllOf(item);
      }
    } else if (isCelMap(value)) {
      for (const [key, item] of value) {
        this.payFor(key);
        this.payForAllOf(item);
      }
    }
  }
}
