// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, fork } from "node:child_process";
import { constants, setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import type { RematchRequest, ScanAnswer, ScanProgressMessage, ScanRequest } from "../scan-process/protocol.ts";
import { ScanJobError } from "./errors.ts";
import { scanPermissions } from "./scan-permissions.ts";
import { watchMemory } from "./watch-memory.ts";

const PROGRAM = fileURLToPath(new URL("../scan-process/main.ts", import.meta.url));

/** What a process may take, and who is told how far it is. */
export interface ScanLimits {
  readonly timeoutMs: number;
  /** Of the heap; what lies outside of it is bounded too. */
  readonly memoryMiB: number;
  readonly signal: AbortSignal;
  onProgress?(progress: ScanProgressMessage): void;
}

/**
 * A process for untrusted bytes: without environment (no secrets), with a bounded heap and memory, and with a lower priority
 * than gate and registry. It may only read what `permissions` of the first request say.
 */
export class ScanChild implements Disposable {
  readonly #child: ChildProcess;
  readonly #limits: ScanLimits;
  readonly #lastWords: string[] = [];
  readonly #stopWatching: () => void;
  #isOverMemory = false;

  constructor(first: ScanRequest | RematchRequest, limits: ScanLimits) {
    limits.signal.throwIfAborted();
    this.#limits = limits;
    this.#child = fork(PROGRAM, [], {
      env: {},
      execArgv: [
        `--max-old-space-size=${limits.memoryMiB}`,
        "--disable-warning=ExperimentalWarning",
        ...scanPermissions(first),
      ],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "json",
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      this.#lastWords.push(chunk);
      if (this.#lastWords.length > 20) {
        this.#lastWords.shift();
      }
    });
    // One that cannot be started says so more than once, also when nobody asks any more.
    this.#child.on("error", () => undefined);
    lowerPriority(this.#child.pid);
    this.#stopWatching = watchMemory(this.#child.pid, limits.memoryMiB, () => {
      this.#isOverMemory = true;
      this.#child.kill("SIGKILL");
    });
  }

  /** The answer to a request. Throws ScanJobError when the process dies or is late, and the reason of `signal`. */
  async ask(request: ScanRequest | RematchRequest): Promise<ScanAnswer> {
    const { timeoutMs, signal, onProgress } = this.#limits;
    const { promise, resolve, reject } = Promise.withResolvers<ScanAnswer>();
    const child = this.#child;
    const timer = setTimeout(() => {
      reject(new ScanJobError("SCAN_TIMEOUT", `the scan took longer than ${timeoutMs} ms`));
      child.kill("SIGKILL");
    }, timeoutMs);
    function onAbort(): void {
      reject(signal.reason instanceof Error ? signal.reason : new Error("stopped"));
      child.kill("SIGKILL");
    }
    function onMessage(message: unknown): void {
      const told = message as ScanAnswer | ScanProgressMessage;
      if (told.state === "progress") {
        onProgress?.(told);
      } else {
        resolve(told);
      }
    }
    const onExit = (code: number | null, ended: NodeJS.Signals | null): void => reject(this.#explain(code, ended));
    signal.addEventListener("abort", onAbort, { once: true });
    child.on("message", onMessage).on("error", reject).once("exit", onExit);
    try {
      signal.throwIfAborted();
      if (child.exitCode !== null || child.signalCode !== null) {
        throw this.#explain(child.exitCode, child.signalCode);
      }
      child.send(request);
      return await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      child.off("message", onMessage).off("error", reject).off("exit", onExit);
    }
  }

  [Symbol.dispose](): void {
    this.#stopWatching();
    this.#child.kill("SIGKILL");
  }

  #explain(code: number | null, signal: NodeJS.Signals | null): ScanJobError {
    const stderr = this.#lastWords.join("");
    if (this.#isOverMemory || /heap out of memory|Array buffer allocation failed/u.test(stderr)) {
      return new ScanJobError("SCAN_MEMORY", `the scan needed more memory than ${this.#limits.memoryMiB} MiB`);
    }
    const why = signal ?? `exit ${code ?? "unknown"}`;
    return new ScanJobError("SCAN_PROCESS_ENDED", `the scan process ended (${why})`, {
      details: { stderr: stderr.slice(-2_000) },
    });
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
