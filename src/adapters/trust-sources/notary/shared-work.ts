// SPDX-License-Identifier: Apache-2.0

interface Work<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
}

/**
 * Work that is done once for all who ask for it at the same time. It goes on while anybody waits, at most to its deadline;
 * nothing of it is kept afterwards.
 */
export class SharedWork<T> {
  readonly #deadlineMs: number;
  readonly #running: Map<string, Work<T>> = new Map();

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /** The result, or a rejection with the reason of `signal`. */
  async share(key: string, signal: AbortSignal | undefined, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    const work = this.#running.get(key) ?? this.#start(key, start);
    work.waiting += 1;
    try {
      return await untilAborted(work.result, signal);
    } finally {
      work.waiting -= 1;
      if (work.waiting === 0) {
        work.stop.abort();
        this.#forget(key, work);
      }
    }
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<T>): Work<T> {
    const stop = new AbortController();
    const result = start(AbortSignal.any([stop.signal, AbortSignal.timeout(this.#deadlineMs)]));
    const work: Work<T> = { result, stop, waiting: 0 };
    this.#running.set(key, work);
    void result.catch(() => undefined).finally(() => this.#forget(key, work));
    return work;
  }

  #forget(key: string, work: Work<T>): void {
    if (this.#running.get(key) === work) {
      this.#running.delete(key);
    }
  }
}

async function untilAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) {
    return await result;
  }
  const stopped = Promise.withResolvers<never>();
  function stop(): void {
    stopped.reject(signal?.reason instanceof Error ? signal.reason : new Error("given up"));
  }
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([result, stopped.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
