// SPDX-License-Identifier: Apache-2.0

/**
 * Ends work when the caller gives up, or when nothing happened for a time. `onEnd` is called once, with what the work
 * shall fail with: the caller's reason, or what `late` makes.
 */
export class Deadline implements Disposable {
  readonly #timeoutMs: number;
  readonly #caller: AbortSignal | undefined;
  readonly #late: () => Error;
  #timer: NodeJS.Timeout;
  #onEnd: ((error: Error) => void) | undefined;
  #error: Error | undefined;

  constructor(timeoutMs: number, caller: AbortSignal | undefined, late: () => Error) {
    this.#timeoutMs = timeoutMs;
    this.#caller = caller;
    this.#late = late;
    this.#timer = this.#arm();
    caller?.addEventListener("abort", this.#abort, { once: true });
    if (caller?.aborted === true) {
      this.#abort();
    }
  }

  /** Why the work was ended; absent while it may go on. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Who is told, from now on; at once when it is over already. */
  set onEnd(callback: (error: Error) => void) {
    this.#onEnd = callback;
    if (this.#error !== undefined) {
      callback(this.#error);
    }
  }

  /** What the work comes to, unless the deadline ends it; for work that cannot be ended. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { promise: ended, reject } = Promise.withResolvers<never>();
    this.onEnd = reject;
    return await Promise.race([work, ended]);
  }

  /** Something happened: the time begins anew. */
  extend(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#arm();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#abort);
    this.#onEnd = undefined;
  }

  #arm(): NodeJS.Timeout {
    return setTimeout(() => this.#end(this.#late()), this.#timeoutMs);
  }

  readonly #abort = (): void => {
    const reason: unknown = this.#caller?.reason;
    this.#end(reason instanceof Error ? reason : new Error("aborted"));
  };

  #end(error: Error): void {
    this.#error ??= error;
    clearTimeout(this.#timer);
    this.#onEnd?.(this.#error);
  }
}
