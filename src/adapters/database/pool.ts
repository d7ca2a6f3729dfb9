// SPDX-License-Identifier: Apache-2.0
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from "kysely";
import pg from "pg";
import type { DatabaseLog } from "./database-log.ts";
import { toDatabaseError } from "./postgres-errors.ts";
import type { Schema } from "./schema.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 60_000;
/** The embedded server allows 30: ours, the listener, those of the job queue, and some for an operator with psql. */
const MAX_CONNECTIONS = 10;

/** Settings that every connection of ours has. */
export function clientConfig(connectionString: string): pg.ClientConfig {
  return {
    connectionString,
    application_name: "haechi",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
  };
}

/** A small pool of connections and the query builder on it; `destroy()` closes both. */
export function createPool(connectionString: string, log: DatabaseLog): Kysely<Schema> {
  return createKysely(
    {
      ...clientConfig(connectionString),
      max: MAX_CONNECTIONS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    },
    log,
  );
}

/** The same for migrations and backups, whose statements may take as long as they need. */
export function createMaintenancePool(connectionString: string, log: DatabaseLog): Kysely<Schema> {
  return createKysely({ ...clientConfig(connectionString), max: 3 }, log);
}

function createKysely(config: pg.PoolConfig, log: DatabaseLog): Kysely<Schema> {
  const pool = new pg.Pool(config);
  // An idle connection that breaks is replaced on the next use; without a listener it would end the process.
  pool.on("error", (error) => log.warn({ err: error }, "an idle database connection broke"));
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: withCodedErrors(pool) }) });
}

/** The pool with its errors made into coded errors, in the one place that every query passes. */
function withCodedErrors(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect().catch((error: unknown) => Promise.reject(toDatabaseError(error)));
      return withCodedQueries(client);
    },
  };
}

const wrapped = new WeakMap<pg.PoolClient, PostgresPoolClient>();

function withCodedQueries(client: pg.PoolClient): PostgresPoolClient {
  const known = wrapped.get(client);
  if (known !== undefined) {
    return known;
  }
  const coded = {
    async query(text: string, parameters: unknown[]) {
      return client.query(text, parameters).catch((error: unknown) => Promise.reject(toDatabaseError(error)));
    },
    release: (destroy?: boolean) => client.release(destroy),
  } as unknown as PostgresPoolClient;
  wrapped.set(client, coded);
  return coded;
}

/** `bigint` as a number: our sizes, counts and ids stay below 2^53. */
function typeParser(oid: number, format?: "text" | "binary"): unknown {
  if (oid === pg.types.builtins.INT8 && format !== "binary") {
    return Number;
  }
  return pg.types.getTypeParser(oid, format);
}
