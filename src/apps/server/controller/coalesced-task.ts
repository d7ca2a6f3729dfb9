// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";

export interface CoalescedTaskOptions {
  readonly name: string;
  readonly work: (signal: AbortSignal) => Promise<void>;
  /** How long requests are gathered before the work begins. */
  readonly gatherMs: number;
  /** The work is done this often without a request, too. */
  readonly everyMs?: number;
  /** Whether it rests after work that took long, so that it never takes more than a fifth of the time; at most five seconds. */
  readonly rests?: boolean;
  /** After a failure the work is tried again by itself, later each time up to this; default one minute. */
  readonly maxRetryMs?: number;
  readonly log: Pick<Logger, "warn">;
}

const FIRST_RETRY_MS = 1_000;
const REST_FACTOR = 4;
const MAX_REST_MS = 5_000;
/** setTimeout takes no more. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * Work that is done some time after it was asked for: once for all requests that come in the meantime, never twice at a
 * time, and once more when a request comes while it is done. A failure is logged and tried again.
 */
export class CoalescedTask implements AsyncDisposable {
  readonly #options: CoalescedTaskOptions;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  #restUntilMs = 0;
  #running: Promise<void> | undefined;
  /** Asked for while the work was done: how long after it. */
  #askedAfterMs = Number.POSITIVE_INFINITY;
  #retryMs = FIRST_RETRY_MS;
  #failedAfterMs: number | undefined;

  constructor(options: CoalescedTaskOptions) {
    this.#options = options;
  }

  /** Asks for the work; `afterMs` instead of the time that requests are gathered. The earliest request counts. */
  request(afterMs: number = this.#options.gatherMs): void {
    if (this.#stopping.signal.aborted) {
      return;
    }
    if (this.#running !== undefined) {
      this.#askedAfterMs = Math.min(this.#askedAfterMs, afterMs);
      return;
    }
    const nowMs = performance.now();
    const waitMs = Math.min(Math.max(afterMs, this.#restUntilMs - nowMs), MAX_TIMER_MS);
    const dueMs = nowMs + waitMs;
    if (dueMs < this.#dueMs) {
      this.#dueMs = dueMs;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#start(), waitMs);
      this.#timer.unref();
    }
  }

  /** Waits for the work in progress, and does no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  #start(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
    this.#askedAfterMs = Number.POSITIVE_INFINITY;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
    void this.#running.then(() => this.#plan());
  }

  async #run(): Promise<void> {
    const { name, work, log, rests = false, maxRetryMs = 60_000 } = this.#options;
    const startedMs = performance.now();
    try {
      await work(this.#stopping.signal);
      this.#retryMs = FIRST_RETRY_MS;
    } catch (error) {
      if (!this.#stopping.signal.aborted) {
        log.warn(
          { err: error, task: name, retryMs: this.#retryMs },
          "a task of the controller failed and is tried again",
        );
        this.#failedAfterMs = this.#retryMs;
        this.#retryMs = Math.min(this.#retryMs * 2, maxRetryMs);
      }
    } finally {
      const endedMs = performance.now();
      this.#restUntilMs = rests ? endedMs + Math.min((endedMs - startedMs) * REST_FACTOR, MAX_REST_MS) : 0;
    }
  }

  #plan(): void {
    const { everyMs = Number.POSITIVE_INFINITY } = this.#options;
    const afterMs = Math.min(this.#failedAfterMs ?? this.#askedAfterMs, everyMs);
    this.#failedAfterMs = undefined;
    if (Number.isFinite(afterMs)) {
      this.request(afterMs);
    }
  }
}
