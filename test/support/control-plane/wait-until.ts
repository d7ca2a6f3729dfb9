// SPDX-License-Identifier: Apache-2.0
import { setTimeout as pause } from "node:timers/promises";

const INTERVAL_MS = 50;

/** Asks again and again until the answer is yes; throws when it was not within the limit. What the condition throws ends it at once. */
export async function waitUntil(claim: string, limitMs: number, condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) {
      throw new Error(`not within ${limitMs} ms: ${claim}`);
    }
    await pause(INTERVAL_MS);
  }
}
