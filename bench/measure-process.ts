// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../test/support/run-tool.ts";

/** Cost of one process with its children. */
export interface ProcessCost {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

/** Runs a program `runs` times under GNU time and gives the median of each figure; throws when the program fails with a code that is not expected. */
export async function measureProcess(
  command: string,
  args: readonly string[],
  options: {
    readonly runs: number;
    readonly expectedCodes?: readonly number[];
    readonly environment?: Readonly<Record<string, string>>;
  },
): Promise<ProcessCost> {
  const folder = mkdtempSync(join(tmpdir(), "haechi-bench-"));
  const costs: ProcessCost[] = [];
  try {
    for (let run = 0; run < options.runs; run++) {
      const file = join(folder, `time-${run}`);
      const result = await runTool("/usr/bin/time", ["-o", file, "-f", "%e %U %S %M", command, ...args], {
        ...(options.environment === undefined ? {} : { environment: options.environment }),
      });
      if (!(options.expectedCodes ?? [0]).includes(result.code ?? -1)) {
        throw new Error(`${command} ended with ${result.code}: ${result.stderr.slice(-2_000)}`);
      }
      const [wall = 0, user = 0, system = 0, peakKiB = 0] = (readFileSync(file, "utf8").trim().split("\n").at(-1) ?? "")
        .split(" ")
        .map(Number);
      costs.push({ wallSeconds: wall, cpuSeconds: user + system, peakMiB: peakKiB / 1024 });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return {
    wallSeconds: median(costs.map((cost) => cost.wallSeconds)),
    cpuSeconds: median(costs.map((cost) => cost.cpuSeconds)),
    peakMiB: median(costs.map((cost) => cost.peakMiB)),
  };
}

/** The middle value; of two middle values the lower one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}
