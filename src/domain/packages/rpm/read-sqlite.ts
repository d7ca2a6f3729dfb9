// SPDX-License-Identifier: Apache-2.0
import { decodeText } from "../untrusted-text.ts";
import type { DatabaseRecord } from "./database-record.ts";
import type { SqliteRow } from "./sqlite-row.ts";
import { openSqlite, SqliteTable } from "./sqlite-table.ts";

const TABLE = "Packages";

/** Of the schema table (sqlite.org/fileformat2.html, 2.6): type, name, tbl_name, rootpage, sql. */
const SCHEMA = { type: 0, name: 1, rootPage: 3 };
/** Of rpm's table: hnum, which is the row's number and stored as NULL, and blob. */
const HEADER_COLUMN = 1;

/**
 * The headers of an `rpmdb.sqlite`. Our own reader: the file is an attacker's, and SQLite itself would run with its schema,
 * in native code. Reads the one table by its root page and nothing else.
 */
export function* readSqlite(bytes: Uint8Array): Generator<DatabaseRecord, void> {
  const database = openSqlite(bytes);
  if (typeof database === "string") {
    yield { problem: database, isWhole: true };
    return;
  }
  const root = yield* findRoot(new SqliteTable(database, 1));
  if (root === undefined) {
    yield { problem: `expected a table ${TABLE}`, isWhole: true };
    return;
  }
  for (const row of new SqliteTable(database, root).rows()) {
    if (typeof row === "string") {
      yield { problem: row };
    } else {
      const header = row.blob(HEADER_COLUMN);
      yield header === undefined ? { problem: "a row has no header" } : { header };
    }
  }
}

function* findRoot(schema: SqliteTable): Generator<DatabaseRecord, number | undefined> {
  for (const row of schema.rows()) {
    if (typeof row === "string") {
      yield { problem: `schema: ${row}` };
    } else if (isTable(row)) {
      return row.integer(SCHEMA.rootPage);
    }
  }
  return undefined;
}

function isTable(row: SqliteRow): boolean {
  const [type, name] = [row.text(SCHEMA.type), row.text(SCHEMA.name)];
  return type !== undefined && name !== undefined && decodeText(type) === "table" && decodeText(name) === TABLE;
}
