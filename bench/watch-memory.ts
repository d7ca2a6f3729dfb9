// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";

const INTERVAL_MS = 20;

/** MiB of resident memory that a process took at most beyond what it had before the work. Linux only. */
export async function watchMemory(pid: number, work: () => Promise<unknown>): Promise<number> {
  const before = residentMiB(pid);
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, residentMiB(pid));
  }, INTERVAL_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return most - before;
}

function residentMiB(pid: number): number {
  const [, kibibytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) / 1_024;
}
