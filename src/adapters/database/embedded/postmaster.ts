// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { DatabaseLog } from "../database-log.ts";
import { DatabaseError } from "../errors.ts";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import type { SystemAccount } from "./system-account.ts";

const run = promisify(execFile);

const READY = "database system is ready to accept connections";
const NO_SPACE = "No space left on device";
const KEPT_LINES = 30;
const FAST_SHUTDOWN_MS = 30_000;
const IMMEDIATE_SHUTDOWN_MS = 10_000;

/** Nothing of our own environment: no PG* variable may redirect the server, no secret may be seen in it. */
export const SERVER_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
};

export interface PostmasterOptions {
  readonly binaries: PostgresBinaries;
  readonly cluster: string;
  readonly socketDir: string;
  readonly account: SystemAccount | undefined;
  /** Settings (`-c name=value`) beyond ours. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  readonly log: DatabaseLog;
}

/** One run of the PostgreSQL server as our child. */
export class Postmaster {
  readonly #child: ChildProcess;
  readonly #lastLines: string[] = [];
  readonly #log: DatabaseLog;
  #ready: () => void = () => undefined;
  readonly #isReady: Promise<void> = new Promise((resolve) => {
    this.#ready = resolve;
  });
  /** Resolved when the server has ended, however it did. */
  readonly ended: Promise<void>;

  private constructor(child: ChildProcess, log: DatabaseLog) {
    this.#child = child;
    this.#log = log;
    this.ended = new Promise((resolve) => {
      child.once("close", () => resolve());
      child.once("error", (error) => {
        this.#lastLines.push(`FATAL:  ${error.message}`);
        resolve();
      });
    });
    if (child.stderr !== null) {
      createInterface({ input: child.stderr }).on("line", (line) => this.#readLine(line));
    }
  }

  /** Starts the server and waits until it takes connections. Throws `DISK_FULL`, `DATABASE_START_FAILED`. */
  static async start(options: PostmasterOptions): Promise<Postmaster> {
    const program = join(options.binaries.binDir, "postgres");
    const [guard, ...guardArguments] = await dieWithParent();
    const serverOptions = serverArguments(options);
    const child = spawn(
      guard ?? program,
      guard === undefined ? serverOptions : [...guardArguments, program, ...serverOptions],
      {
        // A session of its own: Ctrl-C in the terminal is for us, who stop it when everything is written.
        detached: true,
        cwd: "/",
        env: { ...SERVER_ENVIRONMENT },
        stdio: ["ignore", "ignore", "pipe"],
        ...(options.account === undefined ? {} : { uid: options.account.uid, gid: options.account.gid }),
      },
    );
    const postmaster = new Postmaster(child, options.log);
    const hasEnded = await Promise.race([postmaster.#isReady.then(() => false), postmaster.ended.then(() => true)]);
    if (hasEnded) {
      throw postmaster.failure();
    }
    return postmaster;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Why the server ended, from its own last words. */
  failure(): DatabaseError {
    if (this.#lastLines.some((line) => line.includes(NO_SPACE))) {
      return new DatabaseError("DISK_FULL", "the disk of the embedded database is full, so it cannot run");
    }
    const reason =
      this.#lastLines.findLast((line) => /^(?:FATAL|PANIC):/.test(line)) ??
      `it ended with ${this.#child.signalCode ?? `exit code ${String(this.#child.exitCode)}`}`;
    return new DatabaseError("DATABASE_START_FAILED", `the embedded PostgreSQL does not run: ${reason}`, {
      details: { reason, log: this.#lastLines.join("\n") },
    });
  }

  /** Fast shutdown: connections are ended, everything is written. Harsher only when that takes too long. */
  async stop(): Promise<void> {
    for (const [signal, waitMs] of [
      ["SIGINT", FAST_SHUTDOWN_MS],
      ["SIGQUIT", IMMEDIATE_SHUTDOWN_MS],
    ] as const) {
      this.#child.kill(signal);
      if (await this.#endsWithin(waitMs)) {
        return;
      }
      this.#log.warn({ signal }, "the embedded PostgreSQL is slow to stop");
    }
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  async #endsWithin(waitMs: number): Promise<boolean> {
    const stop = new AbortController();
    const late = delay(waitMs, false, { signal: stop.signal }).catch(() => false);
    const hasEnded = await Promise.race([this.ended.then(() => true), late]);
    stop.abort();
    return hasEnded;
  }

  #readLine(line: string): void {
    if (this.#lastLines.push(line) > KEPT_LINES) {
      this.#lastLines.shift();
    }
    if (line.includes(READY)) {
      this.#ready();
    }
    if (/^(?:PANIC|WARNING):/.test(line) || line.includes(NO_SPACE)) {
      this.#log.warn({ postgres: line }, "the embedded PostgreSQL warns");
    } else {
      this.#log.debug({ postgres: line }, "the embedded PostgreSQL says");
    }
  }
}

/** Connections on the private socket only; sized for one machine (37–60 MB in all). */
function serverArguments({ binaries, cluster, socketDir, settings }: PostmasterOptions): readonly string[] {
  const all: Readonly<Record<string, string>> = {
    listen_addresses: "",
    unix_socket_directories: socketDir,
    unix_socket_permissions: "0700",
    shared_buffers: "16MB",
    max_connections: "30",
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
    // No replicas of an embedded server: less to write.
    wal_level: "minimal",
    max_wal_senders: "0",
    max_wal_size: "256MB",
    min_wal_size: "32MB",
    huge_pages: "off",
    jit: "off",
    max_worker_processes: "2",
    max_logical_replication_workers: "0",
    max_parallel_workers: "0",
    max_parallel_workers_per_gather: "0",
    autovacuum_max_workers: "1",
    // PostgreSQL 18 starts three more processes for reading ahead otherwise.
    ...(binaries.major >= 18 ? { io_method: "sync" } : {}),
    timezone: "UTC",
    log_timezone: "UTC",
    logging_collector: "off",
    log_destination: "stderr",
    log_line_prefix: "",
    // Neither statements nor values of rows may reach the log.
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
    ...settings,
  };
  return ["-D", cluster, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
}

/**
 * The command that lets the server end when we do, even by `kill -9`, where there is one (util-linux). It sends SIGINT
 * (fast shutdown): with SIGTERM the server would wait for other clients, such as psql. Elsewhere the next start stops
 * what was left.
 */
async function dieWithParent(): Promise<readonly string[]> {
  const command = ["setpriv", "--pdeathsig", "INT", "--"];
  try {
    await run("setpriv", [...command.slice(1), "true"], { cwd: "/", env: { ...SERVER_ENVIRONMENT } });
    return command;
  } catch {
    return [];
  }
}

/** Waits for a process that is not our child. */
export async function waitForEnd(pid: number, waitMs: number): Promise<boolean> {
  for (let waited = 0; waited < waitMs; waited += 50) {
    if (!isAlive(pid)) {
      return true;
    }
    await delay(50);
  }
  return !isAlive(pid);
}

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
