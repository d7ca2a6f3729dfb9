// SPDX-License-Identifier: Apache-2.0
import { setTimeout as pause } from "node:timers/promises";

/** What one turn may take at most, so that a limit is kept within a second and not only on average. */
const TURNS_PER_SECOND = 4;

/** How time passes; tests bring their own. */
export interface Passing {
  now(): number;
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

const REAL: Passing = {
  now: () => performance.now(),
  async wait(ms, signal) {
    await pause(ms, undefined, { signal });
  },
};

/** Lets at most so many bytes through in a second, whoever asks and however many at a time. */
export class RateLimit {
  readonly #bytesPerSecond: number;
  readonly #signal: AbortSignal;
  readonly #passing: Passing;
  #freeAtMs = 0;

  constructor(bytesPerSecond: number, signal: AbortSignal, passing: Passing = REAL) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#signal = signal;
    this.#passing = passing;
  }

  /** Passes a block on in pieces, each at its time. */
  async pass(block: Uint8Array, write: (piece: Uint8Array) => Promise<void>): Promise<void> {
    const most = Math.max(1, Math.floor(this.#bytesPerSecond / TURNS_PER_SECOND));
    for (let at = 0; at < block.length; at += most) {
      const piece = block.subarray(at, at + most);
      await this.#take(piece.length);
      await write(piece);
    }
  }

  async *throttle(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    const most = Math.max(1, Math.floor(this.#bytesPerSecond / TURNS_PER_SECOND));
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += most) {
        const piece = chunk.subarray(at, at + most);
        await this.#take(piece.length);
        yield piece;
      }
    }
  }

  async #take(bytes: number): Promise<void> {
    const now = this.#passing.now();
    const startMs = Math.max(now, this.#freeAtMs);
    // what is taken now is paid for by whoever comes next
    this.#freeAtMs = startMs + (bytes / this.#bytesPerSecond) * 1_000;
    if (startMs > now) {
      await this.#passing.wait(startMs - now, this.#signal);
    }
  }
}
