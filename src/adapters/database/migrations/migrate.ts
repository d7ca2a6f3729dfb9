// SPDX-License-Identifier: Apache-2.0
import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { messageOf } from "#base";
import type { DatabaseLog } from "../database-log.ts";
import { DatabaseError } from "../errors.ts";
import { writeBackup } from "./backup.ts";
import { MIGRATIONS } from "./migrations.ts";

export interface MigrateOptions {
  /** Where the backup goes that is written before a database with rows is changed. */
  readonly backupDir: string;
  readonly now: Date;
  readonly log: DatabaseLog;
  /** Other than all released ones: tests. */
  readonly migrations?: Readonly<Record<string, Migration>>;
  /** Stop after this migration: restoring a backup of an earlier version. */
  readonly upTo?: string;
}

/**
 * Brings the schema to the newest version. The caller holds the lock that keeps other processes from doing the same.
 * Throws `DATABASE_NEWER` when the schema is newer than this program (nothing is changed), `BACKUP_FAILED`,
 * `MIGRATION_FAILED` (the failing migration is rolled back).
 */
export async function migrate<T>(db: Kysely<T>, options: MigrateOptions): Promise<void> {
  const migrations = options.migrations ?? MIGRATIONS;
  const applied = await appliedMigrations(db);
  assertNotNewer(applied, Object.keys(migrations));
  const pending = Object.keys(migrations).filter((name) => !applied.includes(name));
  if (pending[0] === undefined) {
    return;
  }
  if (applied.length > 0) {
    const folder = await writeBackup(db, {
      ...options,
      nextMigration: pending[0],
      schemaVersion: applied.at(-1) ?? "",
    });
    options.log.info({ folder, migrations: pending }, "wrote a backup before changing the schema");
  }
  await apply(db, migrations, options);
}

/** Names of the migrations that a database has had, in order; none for an empty database. */
export async function appliedMigrations<T>(db: Kysely<T>): Promise<readonly string[]> {
  const { rows } = await sql<{
    readonly found: string | null;
  }>`select to_regclass('kysely_migration')::text as found`.execute(db);
  if ((rows[0]?.found ?? null) === null) {
    return [];
  }
  const names = await sql<{ readonly name: string }>`select name from kysely_migration order by name`.execute(db);
  return names.rows.map((row) => row.name);
}

function assertNotNewer(applied: readonly string[], known: readonly string[]): void {
  const unknown = applied.findLast((name) => !known.includes(name));
  if (unknown !== undefined) {
    const newest = known.at(-1) ?? "none";
    throw new DatabaseError(
      "DATABASE_NEWER",
      `the database was changed by a newer Haechi (schema ${unknown}), which this one (schema ${newest}) ` +
        "cannot read: start the newer version, or restore the backup that it wrote before the change",
      { details: { migration: unknown, known: newest } },
    );
  }
}

async function apply<T>(
  db: Kysely<T>,
  migrations: Readonly<Record<string, Migration>>,
  { upTo, log }: MigrateOptions,
): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error, results = [] } = await (upTo === undefined ? migrator.migrateToLatest() : migrator.migrateTo(upTo));
  const failed = results.find((result) => result.status === "Error");
  if (error !== undefined) {
    if (error instanceof DatabaseError) {
      throw error;
    }
    const name = failed?.migrationName ?? "unknown";
    throw new DatabaseError("MIGRATION_FAILED", `the migration ${name} failed: ${messageOf(error)}`, {
      cause: error,
      details: { migration: name },
    });
  }
  for (const result of results) {
    log.info({ migration: result.migrationName }, "changed the database schema");
  }
}
