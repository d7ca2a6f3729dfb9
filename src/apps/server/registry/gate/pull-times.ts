// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { DatabaseLog, PullNote, RegistryStore } from "#database";

const FLUSH_MS = 5_000;
/** What is pulled beyond that before the next write is not noted: a time of use is no reason to fill the memory. */
const MAX_WAITING = 10_000;

/** When something was pulled last: kept in memory and written in batches, so that a pull never waits for it. */
export class PullTimes implements AsyncDisposable {
  readonly #store: Pick<RegistryStore, "notePulls">;
  readonly #clock: Clock;
  readonly #log: Pick<DatabaseLog, "warn">;
  readonly #timer: NodeJS.Timeout;
  #waiting = new Map<string, PullNote>();
  #writing: Promise<void> | undefined;

  constructor(options: {
    readonly store: Pick<RegistryStore, "notePulls">;
    readonly clock: Clock;
    readonly log: Pick<DatabaseLog, "warn">;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.#timer.unref();
  }

  note(pulled: Omit<PullNote, "at">): void {
    const key = `${pulled.repository}@${pulled.digest}:${pulled.tag ?? ""}`;
    if (this.#waiting.size < MAX_WAITING || this.#waiting.has(key)) {
      this.#waiting.set(key, { ...pulled, at: this.#clock.now() });
    }
  }

  /** Writes what waits; a failure is logged, and what it was about is left out. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#waiting.size === 0) {
      return;
    }
    const notes = [...this.#waiting.values()];
    this.#waiting = new Map();
    this.#writing = this.#store.notePulls(notes).catch((error: unknown) => {
      this.#log.warn({ err: error, pulls: notes.length }, "the times of pulls could not be noted");
    });
    await this.#writing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
