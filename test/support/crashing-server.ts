// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { freePorts } from "./free-ports.ts";

const PROGRAM = fileURLToPath(new URL("preloaded-server.ts", import.meta.url));
const READY_WITHIN_MS = 180_000;

/** A server that is ready, until it is killed. */
export interface CrashingServer {
  /** `host:port` of its registry. */
  readonly registry: string;
  /** Empty unless it was the first start. */
  readonly password: string;
  kill(): Promise<void>;
}

/** Starts of one server on one data folder, one after the other; the modules of the next one are loaded in the meantime. */
export interface ServerStarts {
  /** The one before must be gone. */
  start(): Promise<CrashingServer>;
  /** Begins to start and kills it after so many milliseconds, ready or not. */
  startAndKill(afterMs: number): Promise<void>;
  end(): Promise<void>;
}

/** `args` are those of `haechi server`. */
export function prepareServerStarts(args: readonly string[]): ServerStarts {
  const alive = new Set<ChildProcess>();
  let next = prepare();

  async function prepare(): Promise<{ readonly child: ChildProcess; readonly registry: string; output: () => string }> {
    const [console_, registry, admission] = await freePorts(3);
    const child = spawn(
      process.execPath,
      [
        PROGRAM,
        ...args,
        ...["--listen-console", `127.0.0.1:${console_}`, "--listen-registry", `127.0.0.1:${registry}`],
        ...["--listen-admission", `127.0.0.1:${admission}`],
      ],
      { stdio: ["pipe", "pipe", "pipe"] },
    );
    alive.add(child);
    child.once("exit", () => alive.delete(child));
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
    }
    child.stdin.on("error", () => undefined);
    return { child, registry: `127.0.0.1:${registry}`, output: () => text };
  }

  return {
    async start() {
      const { child, registry, output } = await next;
      next = prepare();
      child.stdin?.write("go\n");
      await untilReady(child, output);
      return { registry, password: /Password\s+(\S+)/.exec(output())?.[1] ?? "", kill: () => kill(child) };
    },
    async startAndKill(afterMs) {
      const { child } = await next;
      next = prepare();
      child.stdin?.write("go\n");
      await new Promise((resolve) => {
        setTimeout(resolve, afterMs);
      });
      await kill(child);
    },
    async end() {
      await next;
      // of a test that failed, the one that it worked with, too
      await Promise.all([...alive].map(kill));
    },
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await exited;
  }
}

async function untilReady(child: ChildProcess, output: () => string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error(`the server was not ready in time:\n${output()}`)), READY_WITHIN_MS);
  child.stdout?.on("data", () => {
    if (output().includes("is ready")) {
      resolve();
    }
  });
  child.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${output()}`)));
  try {
    await promise;
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
