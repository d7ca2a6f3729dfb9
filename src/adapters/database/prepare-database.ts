// SPDX-License-Identifier: Apache-2.0
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { DatabaseLog } from "./database-log.ts";
import { DatabaseError } from "./errors.ts";
import { migrate } from "./migrations/migrate.ts";
import { createMaintenancePool } from "./pool.ts";
import type { Schema } from "./schema.ts";
import { assertKey, createKeyCheck } from "./secret-store.ts";

/** SQL and locking behave alike from here on; older servers are past their end of life soon. */
const OLDEST_SERVER = 150_000;
/** Advisory lock of whoever prepares the database: "haechi" in ASCII. */
const PREPARE_LOCK = "114727013967977";

export interface PrepareOptions {
  readonly secretKey: Uint8Array;
  readonly now: Date;
  readonly log: DatabaseLog;
  readonly backupDir: string;
  readonly migrations?: Readonly<Record<string, Migration>>;
}

/**
 * Brings schema and cluster record up to date and returns the cluster id, which is made at the first start. One process
 * at a time; the others wait. Throws `DATABASE_TOO_OLD`, `DATABASE_ENCODING`, `SECRET_KEY_WRONG` and what
 * `migrate` throws.
 */
export async function prepareDatabase(connectionString: string, options: PrepareOptions): Promise<string> {
  return withPreparedServer(connectionString, options.log, async (db) => {
    await migrate(db, options);
    return ensureCluster(db, options);
  });
}

/** Runs the body on a server that suits us, while no other process prepares or restores this database. */
export async function withPreparedServer<T>(
  connectionString: string,
  log: DatabaseLog,
  body: (db: Kysely<Schema>) => Promise<T>,
): Promise<T> {
  const db = createMaintenancePool(connectionString, log);
  try {
    await assertServer(db);
    // The lock lives on a connection of its own, as long as this callback runs.
    return await db.connection().execute(async (locking) => {
      await sql`select pg_advisory_lock(${PREPARE_LOCK}::bigint)`.execute(locking);
      try {
        return await body(db);
      } finally {
        await sql`select pg_advisory_unlock(${PREPARE_LOCK}::bigint)`.execute(locking);
      }
    });
  } finally {
    await db.destroy();
  }
}

async function assertServer(db: Kysely<Schema>): Promise<void> {
  const { rows } = await sql<{ readonly number: number; readonly version: string; readonly encoding: string }>`
    select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
      current_setting('server_encoding') as encoding`.execute(db);
  const server = rows[0];
  if (server === undefined || server.number < OLDEST_SERVER) {
    const version = server?.version ?? "unknown";
    throw new DatabaseError("DATABASE_TOO_OLD", `Haechi needs PostgreSQL 15 or newer; this server is ${version}`, {
      details: { version },
    });
  }
  if (server.encoding !== "UTF8") {
    throw new DatabaseError("DATABASE_ENCODING", `Haechi needs a database in UTF8; this one is in ${server.encoding}`, {
      details: { encoding: server.encoding },
    });
  }
}

async function ensureCluster(db: Kysely<Schema>, { secretKey, now, log }: PrepareOptions): Promise<string> {
  const known = await db.selectFrom("cluster").select(["cluster_id", "key_check"]).executeTakeFirst();
  if (known !== undefined) {
    assertKey(secretKey, known.key_check);
    return known.cluster_id;
  }
  const made = await db
    .insertInto("cluster")
    .values({ key_check: createKeyCheck(secretKey), created_at: now })
    .returning("cluster_id")
    .executeTakeFirstOrThrow();
  log.info({ clusterId: made.cluster_id }, "made the cluster id");
  return made.cluster_id;
}
