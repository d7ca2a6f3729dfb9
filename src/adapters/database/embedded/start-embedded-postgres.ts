// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { messageOf } from "#base";
import type { DatabaseLog } from "../database-log.ts";
import { DatabaseError } from "../errors.ts";
import { DATABASE_NAME, ensureCluster } from "./cluster.ts";
import { findPlace } from "./find-place.ts";
import { FolderLock } from "./folder-lock.ts";
import { createSocketFolder, removeSocketFolder } from "./folders.ts";
import { findBinaries } from "./postgres-binaries.ts";
import { Postmaster, type PostmasterOptions } from "./postmaster.ts";
import { stopStalePostmaster } from "./stale-postmaster.ts";

const FALLBACK_ROOT = "/var/lib/haechi";
const FIRST_RESTART_MS = 100;
const LAST_RESTART_MS = 30_000;

export interface EmbeddedPostgresOptions {
  /** Haechi's data folder; the database is in `database` below it. */
  readonly dataDir: string;
  /** The account that runs PostgreSQL when we are root; default: the first of haechi, postgres, nobody that exists. */
  readonly systemUser?: string | undefined;
  readonly log: DatabaseLog;
  /** Gives up starting. */
  readonly signal?: AbortSignal;
  /** Programs of another PostgreSQL than the one in the npm package (tests). */
  readonly binDir?: string;
  /** Server settings beyond ours (tests). */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where data and programs go when we are root and the account cannot reach them; default `/var/lib/haechi`. */
  readonly fallbackRoot?: string;
}

/** A running embedded PostgreSQL; disposing it stops it. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** Over the private Unix socket. */
  readonly connectionString: string;
  /** The folder that holds it: `<dataDir>/database`, or the one that its file `location` names. */
  readonly folder: string;
  /** Process id of the server; changes when it had to be restarted. */
  readonly pid: number | undefined;
  /** Why the server does not run at the moment, if so. */
  readonly problem: DatabaseError | undefined;
}

/**
 * Starts the embedded PostgreSQL on the data folder, making it at the first start, and starts it again whenever it ends
 * by itself. Throws `DATABASE_IN_USE`, `DATABASE_OTHER_MAJOR`, `DISK_FULL`, `DATABASE_START_FAILED`,
 * `EMBEDDED_UNSUPPORTED`, `SYSTEM_ACCOUNT_MISSING`, `DATA_FOLDER_UNREACHABLE`, `DATA_FOLDER_OWNER`.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, signal, fallbackRoot = FALLBACK_ROOT } = options;
  await using starting = new AsyncDisposableStack();
  const place = await findPlace({ ...options, fallbackRoot });
  const lock = await FolderLock.acquire(place.base);
  starting.defer(() => lock.release());
  const binaries = await findBinaries({ ...options, account: place.account, fallbackRoot });
  await stopStalePostmaster(place.cluster, log);
  if (lock.leftBy?.socketDir !== undefined) {
    await removeSocketFolder(lock.leftBy.socketDir);
  }
  signal?.throwIfAborted();
  await ensureCluster(place, binaries, { isDurable: options.settings?.["fsync"] !== "off" });
  const socketDir = await createSocketFolder(place);
  starting.defer(() => removeSocketFolder(socketDir));
  await lock.note({ pid: process.pid, socketDir });
  signal?.throwIfAborted();
  const server = await SupervisedPostgres.start({ ...options, ...place, binaries, socketDir });
  starting.use(server);
  await ensureDatabase(socketDir);
  signal?.throwIfAborted();
  const running = starting.move();
  return {
    connectionString: connectionString(socketDir, DATABASE_NAME),
    folder: place.base,
    get pid() {
      return server.pid;
    },
    get problem() {
      return server.problem;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** A server that is started again when it ends without being told to. */
class SupervisedPostgres implements AsyncDisposable {
  readonly #options: PostmasterOptions;
  readonly #stopping = new AbortController();
  #postmaster: Postmaster;
  #watching: Promise<void>;
  problem: DatabaseError | undefined;

  private constructor(options: PostmasterOptions, postmaster: Postmaster) {
    this.#options = options;
    this.#postmaster = postmaster;
    this.#watching = this.#watch();
  }

  static async start(options: PostmasterOptions): Promise<SupervisedPostgres> {
    return new SupervisedPostgres(options, await Postmaster.start(options));
  }

  get pid(): number | undefined {
    return this.#postmaster.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#postmaster.stop();
    await this.#watching;
    // A restart that was under way when we were told to stop.
    await this.#postmaster.stop();
  }

  async #watch(): Promise<void> {
    const { log } = this.#options;
    for (;;) {
      await this.#postmaster.ended;
      if (this.#stopping.signal.aborted) {
        return;
      }
      this.problem = this.#postmaster.failure();
      log.error({ err: this.problem }, "the embedded PostgreSQL ended by itself; starting it again");
      await this.#restart();
      if (this.#stopping.signal.aborted) {
        return;
      }
      log.info({ pid: this.pid }, "the embedded PostgreSQL runs again");
      this.problem = undefined;
    }
  }

  /** As often as it takes: a full disk may be cleared by somebody. Meanwhile the readiness check fails and says why. */
  async #restart(): Promise<void> {
    const { signal } = this.#stopping;
    for (let waitMs = FIRST_RESTART_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, LAST_RESTART_MS)) {
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) {
        return;
      }
      try {
        this.#postmaster = await Postmaster.start(this.#options);
        return;
      } catch (error) {
        this.problem = error instanceof DatabaseError ? error : startFailed(error);
        this.#options.log.error({ err: error }, "the embedded PostgreSQL could not be started again yet");
      }
    }
  }
}

function startFailed(error: unknown): DatabaseError {
  return new DatabaseError("DATABASE_START_FAILED", `the embedded PostgreSQL does not start: ${messageOf(error)}`, {
    cause: error,
    details: { reason: messageOf(error) },
  });
}

function connectionString(socketDir: string, database: string): string {
  return `postgresql://${DATABASE_NAME}@localhost/${database}?host=${encodeURIComponent(socketDir)}`;
}

async function ensureDatabase(socketDir: string): Promise<void> {
  const client = new pg.Client({ connectionString: connectionString(socketDir, "postgres") });
  // What breaks the connection fails the query, too.
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [DATABASE_NAME]);
    if (rowCount === 0) {
      await client.query(`create database ${DATABASE_NAME}`);
    }
  } finally {
    await client.end();
  }
}
