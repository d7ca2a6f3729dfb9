// SPDX-License-Identifier: Apache-2.0

/** What every request may hold without asking: nearly all reviews are smaller. */
const FREE_BYTES = 64 * 1024;

/** What one request holds of a budget; given back when it is disposed of. */
export interface BodyLease extends Disposable {
  /** Whether the request may hold this many bytes in all. */
  allows(bytes: number): boolean;
}

/**
 * The bytes that bodies of requests in flight may take together, beyond a little that each has free. Anybody who reaches
 * the port may send bodies up to the limit and never end them: without this, some hundred connections take all memory.
 */
export class BodyBudget {
  #leftBytes: number;

  constructor(maxBytes: number) {
    this.#leftBytes = maxBytes;
  }

  lease(): BodyLease {
    let taken = 0;
    return {
      allows: (bytes) => {
        const more = Math.max(0, bytes - FREE_BYTES) - taken;
        if (more > this.#leftBytes) {
          return false;
        }
        taken += more;
        this.#leftBytes -= more;
        return true;
      },
      [Symbol.dispose]: () => {
        this.#leftBytes += taken;
        taken = 0;
      },
    };
  }
}
