// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Transform } from "node:stream";
import { createZstdDecompress } from "node:zlib";
import { type Kysely, sql, type Transaction } from "kysely";
import type { Migration } from "kysely/migration";
import { messageOf } from "#base";
import type { DatabaseLog } from "../database-log.ts";
import { DatabaseError } from "../errors.ts";
import { BACKUP_FORMAT, type BackupDescription, tablesInOrder } from "./backup.ts";
import { appliedMigrations, migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";

const ROWS_PER_INSERT = 50;
const MAX_DESCRIPTION_BYTES = 1024 * 1024;

export interface RestoreOptions {
  readonly now: Date;
  readonly log: DatabaseLog;
  readonly migrations?: Readonly<Record<string, Migration>>;
  /** Looks at the restored rows before they are committed; what it throws undoes the restoration. */
  readonly check?: (queries: Kysely<unknown>) => Promise<void>;
}

/**
 * Fills an empty database with the rows of a backup, in the schema that they were written in; opening the database then
 * brings it up to date. All or nothing. Throws `BACKUP_INVALID`: not a backup, damaged, from a newer version;
 * `DATABASE_NOT_EMPTY`.
 */
export async function restoreBackup<T>(db: Kysely<T>, folder: string, options: RestoreOptions): Promise<void> {
  const migrations = options.migrations ?? MIGRATIONS;
  const description = await readDescription(folder);
  if (!Object.hasOwn(migrations, description.schemaVersion)) {
    throw invalid(folder, `it was written by a newer Haechi (schema ${description.schemaVersion})`);
  }
  await assertEmpty(db, folder, description.schemaVersion);
  await migrate(db, { ...options, migrations, backupDir: folder, upTo: description.schemaVersion });
  await db.transaction().execute(async (transaction) => {
    for (const table of description.tables) {
      await restoreTable(transaction, folder, table);
    }
    await advanceSequences(transaction);
    await options.check?.(transaction as unknown as Kysely<unknown>);
  });
}

/** Tables without any row are those of a restoration that failed before: it may be tried again. */
async function assertEmpty<T>(db: Kysely<T>, folder: string, schemaVersion: string): Promise<void> {
  const applied = await appliedMigrations(db);
  if (applied.length === 0) {
    return;
  }
  let hasRows = applied.at(-1) !== schemaVersion;
  for (const table of hasRows ? [] : await tablesInOrder(db)) {
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(db);
    hasRows ||= rows.length > 0;
  }
  if (hasRows) {
    throw new DatabaseError("DATABASE_NOT_EMPTY", `cannot restore ${folder}: the database is not empty`, {
      details: { folder },
    });
  }
}

async function readDescription(folder: string): Promise<BackupDescription> {
  let description: Partial<BackupDescription>;
  try {
    const bytes = await readFile(join(folder, "backup.json"));
    if (bytes.length > MAX_DESCRIPTION_BYTES) {
      throw new Error("backup.json is too large");
    }
    description = JSON.parse(bytes.toString("utf8")) as Partial<BackupDescription>;
  } catch (error) {
    throw invalid(folder, messageOf(error), error);
  }
  if (description.format !== BACKUP_FORMAT || !Array.isArray(description.tables)) {
    throw invalid(folder, `backup.json does not have the format ${BACKUP_FORMAT}`);
  }
  return description as BackupDescription;
}

async function restoreTable<T>(
  transaction: Transaction<T>,
  folder: string,
  table: BackupDescription["tables"][number],
): Promise<void> {
  const hash = createHash("sha256");
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  // A table name is an identifier of ours, nothing that could lead out of the folder.
  if (!/^[a-z_]+$/.test(table.name)) {
    throw invalid(folder, `${table.name} is not the name of a table`);
  }
  let rows = 0;
  try {
    const source = createReadStream(join(folder, `${table.name}.jsonl.zst`));
    const inflate = createZstdDecompress();
    source.on("error", (error) => inflate.destroy(error));
    hashing.on("error", (error) => inflate.destroy(error));
    source.pipe(hashing).pipe(inflate);
    let batch: string[] = [];
    for await (const line of createInterface({ input: inflate })) {
      batch.push(line);
      rows++;
      if (batch.length === ROWS_PER_INSERT) {
        await insertRows(transaction, table.name, batch);
        batch = [];
      }
    }
    await insertRows(transaction, table.name, batch);
  } catch (error) {
    throw invalid(folder, `${table.name}: ${messageOf(error)}`, error);
  }
  if (rows !== table.rows || hash.digest("hex") !== table.sha256) {
    throw invalid(folder, `${table.name} is not what backup.json says (${table.rows} rows)`);
  }
}

async function insertRows<T>(transaction: Transaction<T>, table: string, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) {
    await sql`insert into ${sql.table(table)}
      select * from jsonb_populate_recordset(null::${sql.table(table)}, ${`[${lines.join(",")}]`}::jsonb)`.execute(
      transaction,
    );
  }
}

/** Rows came with their ids: new ones have to follow them. */
async function advanceSequences<T>(transaction: Transaction<T>): Promise<void> {
  const { rows } = await sql<{ readonly table: string; readonly column: string }>`
    select table_name::text as "table", column_name::text as "column" from information_schema.columns
    where table_schema = current_schema() and is_identity = 'YES'`.execute(transaction);
  for (const { table, column } of rows) {
    await sql`select setval(pg_get_serial_sequence(${table}, ${column}), greatest(1, (select coalesce(max(${sql.ref(column)}), 0) from ${sql.table(table)})),
      (select count(*) > 0 from ${sql.table(table)}))`.execute(transaction);
  }
}

function invalid(folder: string, reason: string, cause?: unknown): DatabaseError {
  return new DatabaseError("BACKUP_INVALID", `cannot restore ${folder}: ${reason}`, {
    cause,
    details: { folder, reason },
  });
}
