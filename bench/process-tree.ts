// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";

/** Memory of one process: its own, and its share of what it has in common with others (PSS), in MiB. */
export interface ProcessMemory {
  readonly pid: number;
  readonly name: string;
  readonly pssMiB: number;
}

/** Memory of a process and of everything that it started, directly or not. Linux only. */
export function measureTree(root: number): readonly ProcessMemory[] {
  return [root, ...descendants(root)].flatMap((pid) => {
    const rollup = readProc(pid, "smaps_rollup");
    const [, kibibytes] = /^Pss:\s+(\d+) kB$/m.exec(rollup ?? "") ?? [];
    const name = readProc(pid, "comm")?.trim() ?? "";
    return kibibytes === undefined ? [] : [{ pid, name, pssMiB: Number(kibibytes) / 1024 }];
  });
}

function descendants(root: number): readonly number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const children = Map.groupBy(pids.map(Number), (pid) => parentOf(pid));
  function below(pid: number): readonly number[] {
    return (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
  }
  return below(root);
}

function parentOf(pid: number): number {
  const stat = readProc(pid, "stat") ?? "";
  // the name, in parentheses, may hold anything; state and parent follow it
  return Number(
    stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .at(1) ?? -1,
  );
}

/** `undefined` when the process is gone. */
function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}
