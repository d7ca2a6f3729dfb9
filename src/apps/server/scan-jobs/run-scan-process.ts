// SPDX-License-Identifier: Apache-2.0
import { fork } from "node:child_process";
import { constants, setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import type { ScanAnswer, ScanRequest } from "../scan-process/protocol.ts";
import { ScanJobError } from "./errors.ts";
import { scanPermissions } from "./scan-permissions.ts";

const PROGRAM = fileURLToPath(new URL("../scan-process/main.ts", import.meta.url));

/**
 * Scans in a process of its own, so that a hostile image can take down nothing but its own scan. The process gets no
 * environment (no secrets), may only read what a scan needs, and has a bounded heap and a lower priority than gate and
 * registry.
 * Throws ScanJobError when it dies or does not answer in time, and the abort reason when `signal` aborts.
 */
export async function runScanProcess(
  request: ScanRequest,
  limits: { readonly timeoutMs: number; readonly memoryMiB: number; readonly signal: AbortSignal },
): Promise<ScanAnswer> {
  limits.signal.throwIfAborted();
  const child = fork(PROGRAM, [], {
    env: {},
    execArgv: [
      `--max-old-space-size=${limits.memoryMiB}`,
      "--disable-warning=ExperimentalWarning",
      ...scanPermissions(request),
    ],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    serialization: "json",
  });
  const { promise, resolve, reject } = Promise.withResolvers<ScanAnswer>();
  const lastWords: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    lastWords.push(chunk);
    if (lastWords.length > 20) {
      lastWords.shift();
    }
  });
  const timer = setTimeout(() => {
    reject(new ScanJobError("SCAN_TIMEOUT", `the scan took longer than ${limits.timeoutMs} ms`));
    child.kill("SIGKILL");
  }, limits.timeoutMs);
  function onAbort(): void {
    reject(limits.signal.reason instanceof Error ? limits.signal.reason : new Error("stopped"));
    child.kill("SIGKILL");
  }
  limits.signal.addEventListener("abort", onAbort, { once: true });
  child.once("message", (answer) => resolve(answer as ScanAnswer));
  // A start that fails brings two: one for the process, one for the message to it.
  child.on("error", reject);
  child.once("exit", (code, signal) => {
    reject(
      new ScanJobError("SCAN_PROCESS_ENDED", `the scan process ended (${signal ?? `exit ${code ?? "unknown"}`})`, {
        details: { stderr: lastWords.join("").slice(-2_000) },
      }),
    );
  });
  lowerPriority(child.pid);
  child.send(request);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    limits.signal.removeEventListener("abort", onAbort);
    child.kill("SIGKILL");
  }
}

function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) {
    return;
  }
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // some sandboxes forbid it; the scan then only competes for the processor
  }
}
