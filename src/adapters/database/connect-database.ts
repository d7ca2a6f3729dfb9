// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import { type Kysely, sql } from "kysely";
import type { Clock } from "#base";
import type { DatabaseLog } from "./database-log.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded/start-embedded-postgres.ts";
import { DatabaseError, type DatabaseErrorCode } from "./errors.ts";
import { explainConnectionError, parseDatabaseUrl, rootMessage, unavailable } from "./external-server.ts";
import { createPool } from "./pool.ts";
import { toDatabaseError } from "./postgres-errors.ts";
import type { Schema } from "./schema.ts";
import { wrongKey } from "./secret-envelope.ts";

const CONNECT_TIMEOUT_MS = 30_000;
const CONNECT_RETRY_MS = 250;
const TEMPORARY: ReadonlySet<DatabaseErrorCode> = new Set(["DATABASE_UNAVAILABLE", "DATABASE_HOST_UNKNOWN"]);

export interface ConnectOptions {
  readonly url?: string | undefined;
  readonly dataDir: string;
  readonly systemUser?: string | undefined;
  readonly clock: Clock;
  readonly log: DatabaseLog;
  readonly signal?: AbortSignal;
  readonly connectTimeoutMs?: number;
}

/** A server that answers; disposing it closes the connections and stops the embedded one. */
export interface Connection extends AsyncDisposable {
  readonly db: Kysely<Schema>;
  readonly connectionString: string;
  readonly embedded: EmbeddedPostgres | undefined;
  /** For messages: `host:port`, or the folder of the embedded database's socket. */
  readonly host: string;
  /** What was thrown, saying which server or folder it is about. */
  readonly explain: (thrown: unknown) => Error;
}

/** The external PostgreSQL where a URL is given, else the embedded one, once it answers. Throws `DatabaseError`. */
export async function connectDatabase(options: ConnectOptions): Promise<Connection> {
  // A wrong URL is refused before anything is waited for.
  const external = options.url === undefined ? undefined : parseDatabaseUrl(options.url);
  await using connecting = new AsyncDisposableStack();
  const embedded = external === undefined ? connecting.use(await startEmbeddedPostgres(options)) : undefined;
  const connectionString = options.url ?? embedded?.connectionString ?? "";
  const server = external ?? parseDatabaseUrl(connectionString);
  const folder = embedded?.folder ?? `${server.host}/${server.database}`;

  function explain(thrown: unknown): Error {
    const error = toDatabaseError(thrown);
    if (error instanceof DatabaseError && error.code === "SECRET_KEY_WRONG") {
      return wrongKey(folder);
    }
    if (error instanceof DatabaseError && error.code === "DATABASE_UNAVAILABLE") {
      // A full disk stops the embedded server: who asks the database should hear that, not that it does not answer.
      return embedded?.problem?.code === "DISK_FULL" ? embedded.problem : explainConnectionError(error, server);
    }
    return explainConnectionError(error, server);
  }

  const db = createPool(connectionString, { log: options.log, explain });
  connecting.defer(() => db.destroy());
  try {
    await waitUntilReachable(db, options);
  } catch (error) {
    // Such as a server without TLS, or with a certificate that nobody knows: nothing of it gets better by waiting.
    const isKnown = !(error instanceof Error) || error instanceof DatabaseError || options.signal?.aborted === true;
    throw isKnown ? error : unavailable(server.host, rootMessage(error), error);
  }
  const open = connecting.move();
  return {
    db,
    connectionString,
    embedded,
    host: server.host,
    explain,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** In a cluster or a compose file the database, and the name of its host, often appear at the same time as we do. */
async function waitUntilReachable(db: Kysely<Schema>, options: ConnectOptions): Promise<void> {
  const { clock, log, signal, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  const deadline = clock.now().getTime() + connectTimeoutMs;
  for (let isFirst = true; ; isFirst = false) {
    try {
      await sql`select 1`.execute(db);
      return;
    } catch (error) {
      const isTemporary = error instanceof DatabaseError && TEMPORARY.has(error.code);
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
