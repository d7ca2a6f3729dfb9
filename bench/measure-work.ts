// SPDX-License-Identifier: Apache-2.0
import { median } from "./median.ts";

/** What one piece of work costs in this process. */
export interface WorkCost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const WARM_MS = 300;
const ROUND_MS = 300;
const ROUNDS = 7;

/**
 * Runs the works in turn, each again and again for a while, after warming each up, and gives the medians of the rounds
 * for one of the `count` pieces that a run consists of.
 */
export async function measureWorkInTurn(
  works: readonly (() => void | Promise<void>)[],
  count: number,
): Promise<readonly WorkCost[]> {
  const costs: WorkCost[][] = works.map(() => []);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, work] of works.entries()) {
      const cost = await measureWork(work, count, round === 0 ? WARM_MS : ROUND_MS);
      if (round > 0) {
        costs[index]?.push(cost);
      }
    }
  }
  return costs.map((each) => ({
    wallMs: median(each.map(({ wallMs }) => wallMs)),
    cpuMs: median(each.map(({ cpuMs }) => cpuMs)),
  }));
}

async function measureWork(work: () => void | Promise<void>, count: number, forMs: number): Promise<WorkCost> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  let pieces = 0;
  do {
    await work();
    pieces += count;
  } while (performance.now() - startedAt < forMs);
  const { user, system } = process.cpuUsage(before);
  return { wallMs: (performance.now() - startedAt) / pieces, cpuMs: (user + system) / 1_000 / pieces };
}
