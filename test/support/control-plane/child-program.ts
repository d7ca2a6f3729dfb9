// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

/** A server that a test started; its output is in a file. */
export interface ChildProgram {
  readonly name: string;
  /** Whether it still runs. */
  isRunning(): boolean;
  /** The last lines that it wrote, for the message of a failed test. */
  lastLines(count?: number): string;
  /** SIGTERM, and SIGKILL after `graceMs`; returns when it has ended. */
  stop(graceMs?: number): Promise<void>;
}

/** Starts a program that ends with us even when we are killed (Linux `setpriv --pdeathsig`). */
export function startProgram(name: string, command: string, args: readonly string[], logFile: string): ChildProgram {
  const log = openSync(logFile, "a");
  let child: ChildProcess;
  try {
    child = spawn("setpriv", ["--pdeathsig", "KILL", command, ...args], { stdio: ["ignore", log, log] });
  } finally {
    closeSync(log);
  }
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => {
      hasEnded = true;
      resolve();
    });
    child.once("exit", () => {
      hasEnded = true;
      resolve();
    });
  });
  return {
    name,
    isRunning: () => !hasEnded,
    lastLines: (count = 20) => readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-count).join("\n"),
    async stop(graceMs = 5_000): Promise<void> {
      if (hasEnded) {
        return;
      }
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
