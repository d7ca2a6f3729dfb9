// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { sql } from "kysely";
import { connectDatabase } from "./connect-database.ts";
import { DatabaseError } from "./errors.ts";
import { restoreBackup } from "./migrations/restore-backup.ts";
import type { OpenDatabaseOptions } from "./open-database.ts";
import { withPreparedServer } from "./prepare-database.ts";
import { wrongKey } from "./secret-envelope.ts";
import { assertKey, assertKeyLength } from "./secret-store.ts";

export type RestoreDatabaseOptions = Omit<OpenDatabaseOptions, "onDecisionsLost" | "secretKeyFile"> & {
  /**
   * Brings back what the rows are about, before they are there for good: what it throws undoes the restoration. Long work that was under way
   * is cancelled then, since it was about another time.
   */
  readonly beforeCommit?: () => Promise<void>;
};

/**
 * Fills an empty database (embedded or external) with a backup that was written before a migration; opening it then
 * brings it up to date. All or nothing. Throws `DATABASE_NOT_EMPTY`, `BACKUP_INVALID`, `SECRET_KEY_WRONG` (the key does
 * not open the secrets in the backup; nothing was restored), and what `openDatabase` throws.
 */
export async function restoreDatabase(folder: string, options: RestoreDatabaseOptions): Promise<void> {
  const { log, clock, secretKey } = options;
  assertKeyLength(secretKey);
  await using connection = await connectDatabase(options);
  const { connectionString } = connection;
  try {
    await withPreparedServer(connectionString, log, (db) =>
      restoreBackup(db, folder, {
        now: clock.now(),
        log,
        check: async (queries) => {
          const { rows } = await sql<{ readonly key_check: Buffer }>`select key_check from cluster`.execute(queries);
          for (const row of rows) {
            assertKey(secretKey, row.key_check);
          }
          if (options.beforeCommit !== undefined) {
            await sql`
              update registry_job set state = 'cancelled', is_cancelled = true, worker = null, finished_at = ${clock.now()},
                message = 'cancelled: the registry was restored from a snapshot'
              where state in ('pending', 'running')`.execute(queries);
            await options.beforeCommit();
          }
        },
      }),
    );
  } catch (error) {
    if (error instanceof DatabaseError && error.code === "DATABASE_NOT_EMPTY") {
      const database = join(options.dataDir, "database");
      throw new DatabaseError(
        error.code,
        `${error.message}; move ${database} away, or give a new external database, then try again`,
        { cause: error, details: { folder, database } },
      );
    }
    if (error instanceof DatabaseError && error.code === "SECRET_KEY_WRONG") {
      throw wrongKey(folder);
    }
    throw connection.explain(error);
  }
}
