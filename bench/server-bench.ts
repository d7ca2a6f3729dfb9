// SPDX-License-Identifier: Apache-2.0
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createReachableFolder } from "../test/support/reachable-folder.ts";
import { startServerProcess } from "../test/support/server-process.ts";
import { median } from "./median.ts";
import { measureTree, type ProcessMemory } from "./process-tree.ts";
import type { BenchReport } from "./report.ts";

const LATER_STARTS = 5;
const IDLE_MS = 5_000;

interface Start {
  readonly seconds: number;
  readonly memory: readonly ProcessMemory[];
}

/** Starts the server with its embedded database: first on no data folder, then again and again on the same one. */
export async function benchServer(): Promise<BenchReport> {
  const folder = createReachableFolder("haechi-bench-start-");
  try {
    const first = await start(folder);
    const later: Start[] = [];
    for (let count = 0; count < LATER_STARTS; count++) {
      later.push(await start(folder));
    }
    const total = median(later.map(({ memory }) => sum(memory)));
    const program = median(later.map(({ memory }) => sum(memory.slice(0, 1))));
    return {
      title: "Server start and idle memory",
      rows: [
        { what: "first start (makes the database, no caches)", unit: "s", ours: first.seconds },
        { what: "second start", unit: "s", ours: median(later.map(({ seconds }) => seconds)), aim: "< 3 s" },
        { what: "idle memory, server and database", unit: "MiB", ours: total, aim: "< 250 MiB" },
        { what: "of it the server", unit: "MiB", ours: program },
        { what: "of it PostgreSQL", unit: "MiB", ours: total - program },
        { what: "the same after the first start", unit: "MiB", ours: sum(first.memory), aim: "< 250 MiB" },
      ],
      notes: [
        `From the start of the process to the line that says it is ready; the second start is the median of ${LATER_STARTS}.`,
        `Memory is PSS (/proc/PID/smaps_rollup) of all processes, ${IDLE_MS / 1_000} s after that line.`,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Data and caches are in the folder, so that the first start is as slow as on a new machine. */
async function start(folder: string): Promise<Start> {
  const startedAt = performance.now();
  const server = await startServerProcess({
    dataDir: join(folder, "data"),
    keepsPrintedPassword: true,
    environment: { HAECHI_CACHE_DIR: join(folder, "cache"), NODE_COMPILE_CACHE: join(folder, "compiled") },
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  try {
    await delay(IDLE_MS);
    return { seconds, memory: measureTree(server.pid) };
  } finally {
    await server.stop();
  }
}

function sum(processes: readonly ProcessMemory[]): number {
  return processes.reduce((total, each) => total + each.pssMiB, 0);
}
