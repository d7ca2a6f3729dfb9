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

export interface PoolOptions {
  readonly log: DatabaseLog;
  /** Makes an error say more, where somebody knows better than the connection. */
  readonly explain?: (error: Error) => Error;
}

/** A small pool of connections and the query builder on it; `destroy()` closes both. */
export function createPool(connectionString: string, options: PoolOptions): Kysely<Schema> {
  return createKysely(
    {
      ...clientConfig(connectionString),
      max: MAX_CONNECTIONS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    },
    options,
  );
}

/** The same for migrations and backups, whose statements may take as long as they need. */
export function createMaintenancePool(connectionString: string, log: DatabaseLog): Kysely<Schema> {
  return createKysely({ ...clientConfig(connectionString), max: 3 }, { log });
}

function createKysely(config: pg.PoolConfig, { log, explain }: PoolOptions): Kysely<Schema> {
  const pool = new pg.Pool(config);
  // A connection that breaks is replaced, but without a listener it would end the process: `pool` hears of idle ones,
  // the client itself of those that break between two queries of a transaction (the next query fails then).
  pool.on("connect", (client) => client.on("error", () => undefined));
  pool.on("error", (error) => log.warn({ reason: error.message }, "an idle database connection broke"));
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: withCodedErrors(pool, explain) }) });
}

/** The pool with its errors made into coded errors, in the one place that every query passes. */
function withCodedErrors(pool: pg.Pool, explain: PoolOptions["explain"]): PostgresPool {
  const wrapped = new WeakMap<pg.PoolClient, PostgresPoolClient>();

  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await coded(pool.connect());
      const known = wrapped.get(client) ?? withCodedQueries(client);
      wrapped.set(client, known);
      return known;
    },
  };

  function withCodedQueries(client: pg.PoolClient): PostgresPoolClient {
    return {
      query: (text: string, parameters: unknown[]) => coded(client.query(text, parameters)),
      release: (destroy?: boolean) => client.release(destroy),
    } as unknown as PostgresPoolClient;
  }

  async function coded<T>(result: Promise<T>): Promise<T> {
    try {
      return await result;
    } catch (error) {
      const known = toDatabaseError(error);
      throw explain?.(known) ?? known;
    }
  }
}

/** `bigint` as a number: our sizes, counts and ids stay below 2^53. */
function typeParser(oid: number, format?: "text" | "binary"): unknown {
  if (oid === pg.types.builtins.INT8 && format !== "binary") {
    return Number;
  }
  return pg.types.getTypeParser(oid, format);
}
