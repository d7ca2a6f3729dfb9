// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../test/support/run-tool.ts";
import { tool } from "../test/support/tools.ts";
import { median } from "./median.ts";

/** Cost of one process with its children. */
export interface ProcessCost {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Of the largest process. */
  readonly peakMiB: number;
}

/** A program to be measured. */
export interface MeasuredProgram {
  readonly command: string;
  /** Gets an empty folder that only this run has. */
  arguments(scratch: string): readonly string[];
  readonly expectedCodes: readonly number[];
}

/**
 * Runs the programs in turn, `runs` rounds after one that warms the disk cache, and gives the medians of each: what
 * else the machine does hits all of them alike. Throws when one ends with a code that is not expected.
 */
export async function measureInTurn(
  programs: readonly MeasuredProgram[],
  runs: number,
): Promise<readonly ProcessCost[]> {
  const costs: ProcessCost[][] = programs.map(() => []);
  for (let run = 0; run <= runs; run++) {
    for (const [index, program] of programs.entries()) {
      const cost = await measure(program);
      if (run > 0) {
        costs[index]?.push(cost);
      }
    }
  }
  return costs.map((each) => ({
    wallSeconds: median(each.map((cost) => cost.wallSeconds)),
    cpuSeconds: median(each.map((cost) => cost.cpuSeconds)),
    peakMiB: median(each.map((cost) => cost.peakMiB)),
  }));
}

/** The clocks of bash count milliseconds, those of GNU time hundredths of a second; only the latter knows of memory. */
const TIMED = 'figures=$1; shift; TIMEFORMAT="%3R %3U %3S"; { time "$@" 2>&3; } 3>&2 2>"$figures"';

/** One run under both. */
async function measure(program: MeasuredProgram): Promise<ProcessCost> {
  const folder = mkdtempSync(join(tmpdir(), "haechi-bench-"));
  try {
    const [times, memory] = [join(folder, "times"), join(folder, "memory")];
    const command = [program.command, ...program.arguments(join(folder, "scratch"))];
    const result = await runTool("bash", [
      ...["-c", TIMED, "bash", times, tool("time"), "-o", memory, "-f", "%M"],
      ...command,
    ]);
    if (!program.expectedCodes.includes(result.code ?? -1)) {
      throw new Error(`${program.command} ended with ${result.code}: ${result.stderr.slice(-2_000)}`);
    }
    const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = figuresOf(times);
    const [peakKiB = Number.NaN] = figuresOf(memory);
    return { wallSeconds: wall, cpuSeconds: user + system, peakMiB: peakKiB / 1024 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Of the last line: GNU time says above it how a program ended. */
function figuresOf(file: string): readonly number[] {
  const lastLine = readFileSync(file, "utf8").trim().split("\n").at(-1) ?? "";
  return lastLine.split(" ").map(Number);
}
