// SPDX-License-Identifier: Apache-2.0
import { messageOf } from "#base";

/** A value that is read again and again, such as a certificate that others renew. */
export interface Watched<T> extends Disposable {
  current(): T;
  /** Reads now; never rejects: what cannot be read leaves the value as it is, and is said once. */
  check(): Promise<void>;
}

export interface WatchOptions<T> {
  /** Throws when there is nothing to use. */
  readonly read: () => Promise<T>;
  readonly isEqual: (a: T, b: T) => boolean;
  readonly onChange: (next: T) => Promise<void> | void;
  /** Told once for each message. */
  readonly onProblem: (error: unknown) => void;
  readonly everyMs: number;
}

/**
 * Reads a value and keeps it up to date by reading it again: a mounted Secret changes by a swap of links, which watchers
 * of files miss. Rejects when the first read fails.
 */
export async function watchByReading<T>(options: WatchOptions<T>): Promise<Watched<T>> {
  let current = await options.read();
  let problem: string | undefined;
  let checking: Promise<void> | undefined;

  async function readAgain(): Promise<void> {
    try {
      const next = await options.read();
      if (!options.isEqual(current, next)) {
        await options.onChange(next);
        current = next;
      }
      problem = undefined;
    } catch (error) {
      const message = messageOf(error);
      if (message !== problem) {
        problem = message;
        options.onProblem(error);
      }
    }
  }

  function check(): Promise<void> {
    checking ??= readAgain().finally(() => {
      checking = undefined;
    });
    return checking;
  }

  const timer = setInterval(() => void check(), options.everyMs);
  timer.unref();
  return { current: () => current, check, [Symbol.dispose]: () => clearInterval(timer) };
}
