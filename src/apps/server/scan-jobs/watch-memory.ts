// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";

const LOOK_INTERVAL_MS = 200;
/** Code, and buffers of a scan that stays within its limits. */
const BESIDE_HEAP_MIB = 512;

/**
 * Calls back once when a process holds more memory than a heap of `heapMiB` explains: V8 bounds its heap, not the buffers
 * beside it. Where the system does not tell (no /proc), only the heap is bounded. Returns what ends it.
 */
export function watchMemory(pid: number | undefined, heapMiB: number, onExceeded: () => void): () => void {
  if (pid === undefined || process.platform !== "linux") {
    return () => undefined;
  }
  const maxKiB = (heapMiB + BESIDE_HEAP_MIB) * 1_024;
  let looking = false;
  const timer = setInterval(() => {
    if (looking) {
      return;
    }
    looking = true;
    readFile(`/proc/${pid}/status`, "utf8").then(
      (status) => {
        looking = false;
        if (Number(/^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1] ?? 0) > maxKiB) {
          clearInterval(timer);
          onExceeded();
        }
      },
      // it has ended
      () => clearInterval(timer),
    );
  }, LOOK_INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
