// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";

/** Events tell at once; asking now and then is for those that got lost. */
const POLL_INTERVAL_MS = 1_000;

/** Waits for scans to finish. */
export interface ScanWaiter {
  /** Resolves when no scan of the digests is pending or running, at the latest after `timeoutMs`; throws the reason of the signal. */
  wait(digests: readonly Digest[], timeoutMs: number, signal?: AbortSignal): Promise<void>;
  /** Something about the digest (or about any) changed. */
  changed(digest?: Digest): void;
}

/** A waiter that whoever hears events tells what changed; `isUnfinished` says whether any scan of the digests is. */
export function createScanWaiter(
  isUnfinished: (digests: readonly Digest[]) => Promise<boolean>,
  pollIntervalMs: number = POLL_INTERVAL_MS,
): ScanWaiter {
  const sleepers = new Set<{ readonly digests: readonly Digest[]; readonly wake: (value: unknown) => void }>();

  return {
    async wait(digests, timeoutMs, signal) {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        signal?.throwIfAborted();
        // The sleeper is there before the question, or a change between the two would go unnoticed.
        const { promise: changed, resolve: wake } = Promise.withResolvers<unknown>();
        const sleeper = { digests, wake };
        sleepers.add(sleeper);
        const restMs = deadline - performance.now();
        const timer = setTimeout(wake, Math.max(0, Math.min(restMs, pollIntervalMs)));
        timer.unref();
        signal?.addEventListener("abort", wake);
        try {
          if (restMs <= 0 || !(await isUnfinished(digests))) {
            return;
          }
          await changed;
        } finally {
          clearTimeout(timer);
          signal?.removeEventListener("abort", wake);
          sleepers.delete(sleeper);
        }
      }
    },

    changed(digest) {
      for (const { digests, wake } of [...sleepers]) {
        if (digest === undefined || digests.includes(digest)) {
          wake(undefined);
        }
      }
    },
  };
}
