// SPDX-License-Identifier: Apache-2.0

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Kysely, sql } from "kysely";
import { type Clock, messageOf } from "#base";
import { createAccountStore } from "./account-store.ts";
import { createAuditStore } from "./audit-store.ts";
import type { DatabaseLog } from "./database-log.ts";
import { BatchingDecisionStore } from "./decision-store.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded/start-embedded-postgres.ts";
import { DatabaseError } from "./errors.ts";
import { EventListener, notify } from "./event-listener.ts";
import { createPool } from "./pool.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { createRegistryStore } from "./registry-store.ts";
import { explainWrongKey } from "./rotation-files.ts";
import { createScanStore } from "./scan-store.ts";
import type { Schema } from "./schema.ts";
import { assertKeyLength, createSecretStore } from "./secret-store.ts";
import type { Database } from "./stores.ts";

export interface OpenDatabaseOptions {
  /** An external PostgreSQL ≥ 15 (`postgresql://…`); absent: the embedded one under `dataDir`. */
  readonly url?: string | undefined;
  /** Haechi's data folder: holds the embedded database and the backups that are written before a migration. */
  readonly dataDir: string;
  /** The account that runs the embedded PostgreSQL when we are root. */
  readonly systemUser?: string | undefined;
  /** 32 bytes, see `readOrCreateSecretKey`. */
  readonly secretKey: Uint8Array;
  /** Where the key came from: only to tell a wrong key from a rotation that was interrupted. */
  readonly secretKeyFile?: string | undefined;
  readonly clock: Clock;
  readonly log: DatabaseLog;
  /** Called with the number of decision records that were dropped (for a metric). */
  readonly onDecisionsLost?: (count: number) => void;
  /** Gives up starting. */
  readonly signal?: AbortSignal;
  /** How long an external server that does not answer yet is waited for; default 30 s. */
  readonly connectTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 30_000;
const CONNECT_RETRY_MS = 250;

/**
 * Opens the database, starting the embedded PostgreSQL where no URL is given, and brings its schema up to date.
 * Disposing it writes the decisions that are queued, closes all connections and stops the embedded server.
 * Throws `DatabaseError`; nothing keeps running then.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  assertKeyLength(options.secretKey);
  await using opening = new AsyncDisposableStack();
  const embedded = options.url === undefined ? opening.use(await startEmbeddedPostgres(options)) : undefined;
  const connectionString = options.url ?? embedded?.connectionString ?? "";
  const db = createPool(connectionString, { log: options.log, explain: () => fullDisk(embedded) });
  opening.defer(() => db.destroy());
  await waitUntilReachable(db, options);
  const clusterId = await prepare(connectionString, options);
  const listener = new EventListener(connectionString, options.log);
  opening.defer(() => listener.close());
  await listener.open();
  const context = { db, clusterId, clock: options.clock };
  const decisions = new BatchingDecisionStore(context, {
    log: options.log,
    onLost: options.onDecisionsLost ?? (() => undefined),
  });
  opening.defer(() => decisions.close());
  const open = opening.move();
  return {
    clusterId,
    connectionString,
    accounts: createAccountStore(context),
    registry: createRegistryStore(context),
    scans: createScanStore({ ...context, notify, worker: listener.worker }),
    decisions,
    audit: createAuditStore(context),
    secrets: createSecretStore(context, options.secretKey),
    events: {
      publish: (event) => notify(db, event),
      subscribe: (onEvent, onGap) => listener.subscribe(onEvent, onGap),
    },
    async ping(timeoutMs) {
      if (embedded?.problem !== undefined) {
        throw embedded.problem;
      }
      await ping(db, timeoutMs);
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function prepare(connectionString: string, options: OpenDatabaseOptions): Promise<string> {
  const { secretKey, secretKeyFile, dataDir, clock, log } = options;
  try {
    return await prepareDatabase(connectionString, {
      secretKey,
      now: clock.now(),
      log,
      backupDir: join(dataDir, "backups"),
    });
  } catch (error) {
    throw secretKeyFile === undefined ? error : await explainWrongKey(error, secretKeyFile);
  }
}

/** A full disk stops the embedded server: who asks the database should hear that, not that it does not answer. */
function fullDisk(embedded: EmbeddedPostgres | undefined): DatabaseError | undefined {
  return embedded?.problem?.code === "DISK_FULL" ? embedded.problem : undefined;
}

async function ping(db: Kysely<Schema>, timeoutMs: number): Promise<void> {
  const stop = new AbortController();
  const late = delay(timeoutMs, undefined, { signal: stop.signal }).then(() => {
    throw new DatabaseError("DATABASE_UNAVAILABLE", `the database did not answer within ${timeoutMs} ms`);
  });
  try {
    await Promise.race([sql`select 1`.execute(db), late]);
  } catch (error) {
    if (error instanceof DatabaseError) {
      throw error;
    }
    throw new DatabaseError("DATABASE_UNAVAILABLE", `the database does not answer: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    stop.abort();
    late.catch(() => undefined);
  }
}

/** In a cluster or a compose file the database often starts at the same time as we do. */
export async function waitUntilReachable(
  db: Kysely<Schema>,
  options: Pick<OpenDatabaseOptions, "clock" | "log" | "signal" | "connectTimeoutMs">,
): Promise<void> {
  const { clock, log, signal, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  const deadline = clock.now().getTime() + connectTimeoutMs;
  for (let isFirst = true; ; isFirst = false) {
    try {
      await sql`select 1`.execute(db);
      return;
    } catch (error) {
      const isTemporary = error instanceof DatabaseError && error.code === "DATABASE_UNAVAILABLE";
      if (!isTemporary || clock.now().getTime() >= deadline) {
        throw error;
      }
      if (isFirst) {
        log.warn({ reason: error.message }, "waiting for the database");
      }
      await delay(CONNECT_RETRY_MS, undefined, signal === undefined ? {} : { signal });
    }
  }
}
