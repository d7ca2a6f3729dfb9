// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";

const PROGRAM = fileURLToPath(new URL("hold-database.ts", import.meta.url));

/** What the program says: one line when it runs (or cannot), one when it has stopped. */
export interface HolderLine {
  readonly state: "running" | "stopped" | "failed";
  readonly pid?: number;
  readonly url?: string;
  readonly code?: string;
  readonly message?: string;
}

/** Another process that holds an embedded database; killed when disposed. */
export interface Holder extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly first: HolderLine;
  /** The next line; undefined when the program has ended. */
  readonly next: () => Promise<HolderLine | undefined>;
}

export async function startHolder(
  dataDir: string,
  options: { readonly fallbackRoot?: string; readonly uid?: number; readonly gid?: number } = {},
): Promise<Holder> {
  const { fallbackRoot = "", ...identity } = options;
  // `detached`: a process group of its own, as a shell makes one for what it starts.
  const child = spawn(process.execPath, [PROGRAM, dataDir, fallbackRoot], {
    cwd: "/",
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
    ...identity,
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  async function next(): Promise<HolderLine | undefined> {
    const line = await lines.next();
    return line.done === true ? undefined : (JSON.parse(line.value) as HolderLine);
  }
  const first = await next();
  if (first === undefined) {
    throw new Error("the program said nothing");
  }
  return {
    child,
    first,
    next,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      }
    },
  };
}
