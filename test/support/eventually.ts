// SPDX-License-Identifier: Apache-2.0

/**
 * Asks again and again until the answer is there: for what another process does in its own time. It is bounded by the
 * test's own time-out, not a measurement.
 */
export async function eventually<T>(ask: () => Promise<T | undefined>, intervalMs = 100): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, intervalMs);
    });
  }
}
