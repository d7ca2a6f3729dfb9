// SPDX-License-Identifier: Apache-2.0
import { createHash, type Hash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdCompress } from "node:zlib";
import { type Kysely, sql, type Transaction } from "kysely";
import { messageOf } from "#base";
import { DatabaseError } from "../errors.ts";
import { syncFolder } from "../sync-folder.ts";

/** Rows per fetch; a row of `scan` may be some hundred kilobytes. */
const ROWS_PER_FETCH = 50;
export const BACKUP_FORMAT = "haechi-backup/1";

export interface BackupOptions {
  readonly backupDir: string;
  readonly now: Date;
  /** The migration that follows, for the name of the folder. */
  readonly nextMigration: string;
  /** The last migration that the database has had. */
  readonly schemaVersion: string;
}

/** What `backup.json` says about the files beside it. */
export interface BackupDescription {
  readonly format: typeof BACKUP_FORMAT;
  readonly schemaVersion: string;
  readonly createdAt: string;
  /** In the order in which rows can be inserted again: a table comes after those that it refers to. */
  readonly tables: readonly {
    readonly name: string;
    readonly file: string;
    readonly rows: number;
    /** Of the file. */
    readonly sha256: string;
  }[];
  readonly note: string;
}

const NOTE =
  "Rows of every table of Haechi, one JSON object a line. Secrets stay encrypted: keep the secret key file (HAECHI_SECRET_KEY_FILE) elsewhere, it is left out on purpose. Not included: blobs, and the job queue, which is rebuilt.";

/**
 * Writes all rows, of one instant, to a new folder `<backupDir>/<time>-before-<migration>`, and returns its path.
 * Works on any PostgreSQL without its programs. The folder appears under its name when it is complete.
 * Throws `BACKUP_FAILED`.
 */
export async function writeBackup<T>(db: Kysely<T>, options: BackupOptions): Promise<string> {
  const stamp = options.now.toISOString().replaceAll(/[:.]/g, "-");
  const folder = join(options.backupDir, `${stamp}-before-${options.nextMigration}`);
  const unfinished = `${folder}.tmp`;
  try {
    await mkdir(options.backupDir, { recursive: true, mode: 0o700 });
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { mode: 0o700 });
    await writeRows(db, unfinished, options);
    await rename(unfinished, folder);
    await syncFolder(options.backupDir);
    return folder;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    throw new DatabaseError("BACKUP_FAILED", `the backup before the schema change failed: ${messageOf(error)}`, {
      cause: error,
      details: { folder, reason: messageOf(error) },
    });
  }
}

/** Writes all rows, of one instant, and their description to a folder that is there and empty; durable at the end. */
export async function writeRows<T>(
  db: Kysely<T>,
  folder: string,
  options: Pick<BackupOptions, "now" | "schemaVersion">,
): Promise<BackupDescription> {
  const tables = await db
    .transaction()
    .setIsolationLevel("repeatable read")
    .setAccessMode("read only")
    .execute((transaction) => writeTables(transaction, folder));
  const description: BackupDescription = {
    format: BACKUP_FORMAT,
    schemaVersion: options.schemaVersion,
    createdAt: options.now.toISOString(),
    tables,
    note: NOTE,
  };
  const text = `${JSON.stringify(description, null, 2)}\n`;
  await writeFile(join(folder, "backup.json"), text, { mode: 0o600, flush: true });
  await syncFolder(folder);
  return description;
}

async function writeTables<T>(transaction: Transaction<T>, folder: string): Promise<BackupDescription["tables"]> {
  const tables = [];
  for (const name of await tablesInOrder(transaction)) {
    const file = `${name}.jsonl.zst`;
    const hash = createHash("sha256");
    const counted = { rows: 0 };
    const target = createWriteStream(join(folder, file), { mode: 0o600, flush: true });
    await pipeline(Readable.from(rowsOf(transaction, name, counted)), createZstdCompress(), hashing(hash), target);
    tables.push({ name, file, rows: counted.rows, sha256: hash.digest("hex") });
  }
  return tables;
}

async function* rowsOf<T>(
  transaction: Transaction<T>,
  table: string,
  counted: { rows: number },
): AsyncGenerator<string> {
  await sql`declare backup_rows no scroll cursor for select to_jsonb(t)::text as row from ${sql.table(table)} t`.execute(
    transaction,
  );
  for (;;) {
    const { rows } = await sql<{ readonly row: string }>`fetch ${sql.lit(ROWS_PER_FETCH)} from backup_rows`.execute(
      transaction,
    );
    if (rows.length === 0) {
      break;
    }
    counted.rows += rows.length;
    yield `${rows.map(({ row }) => row).join("\n")}\n`;
  }
  await sql`close backup_rows`.execute(transaction);
}

function hashing(hash: Hash): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}

/** Our tables (of the schema in use), each after those that its foreign keys point to. */
export async function tablesInOrder<T>(transaction: Kysely<T>): Promise<readonly string[]> {
  const { rows } = await sql<{ readonly name: string; readonly needs: readonly string[] }>`
    select c.relname::text as name, coalesce(array_agg(distinct r.relname::text) filter (where r.relname is not null), '{}') as needs
    from pg_class c
      left join pg_constraint f on f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid
      left join pg_class r on r.oid = f.confrelid
    where c.relkind = 'r' and c.relnamespace = (select oid from pg_namespace where nspname = current_schema())
      and c.relname not in ('kysely_migration', 'kysely_migration_lock')
    group by c.relname
    order by c.relname`.execute(transaction);
  const ordered: string[] = [];
  let left = rows;
  while (left.length > 0) {
    const ready = left.filter((table) => table.needs.every((name) => ordered.includes(name)));
    if (ready.length === 0) {
      throw new Error("the foreign keys of the tables form a circle");
    }
    ordered.push(...ready.map((table) => table.name));
    left = left.filter((table) => !ready.includes(table));
  }
  return ordered;
}
