// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A database as rpm makes it, written by SQLite itself: rpm's table of headers and one of its indexes. */
export function sqliteOf(headers: readonly Uint8Array[], pragmas: readonly string[] = []): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "haechi-rpm-"));
  try {
    const path = join(folder, "rpmdb.sqlite");
    const database = new DatabaseSync(path);
    for (const pragma of pragmas) {
      database.exec(`PRAGMA ${pragma}`);
    }
    database.exec("CREATE TABLE 'Name' (key 'TEXT' NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)");
    database.exec("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)");
    const insert = database.prepare("INSERT INTO 'Packages' (blob) VALUES (?)");
    database.exec("BEGIN");
    for (const header of headers) {
      insert.run(header);
    }
    database.exec("COMMIT");
    database.close();
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The headers in a database of SQLite, with their numbers, as SQLite itself reads them. */
export function headersOf(path: string): readonly { readonly number: number; readonly header: Buffer }[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database
      .prepare("SELECT hnum, blob FROM Packages ORDER BY hnum")
      .all()
      .map((row) => ({ number: Number(row["hnum"]), header: Buffer.from(row["blob"] as Uint8Array) }));
  } finally {
    database.close();
  }
}

/** What `db5.3_load` reads to make a `Packages` file of Berkeley DB. */
export function berkeleyDump(
  rows: ReturnType<typeof headersOf>,
  options: { readonly isLittleEndian: boolean; readonly pageBytes: number },
): string {
  const pairs = [{ number: 0, header: keyOf(rows.length) }, ...rows];
  return [
    "VERSION=3",
    "format=bytevalue",
    "type=hash",
    `db_pagesize=${options.pageBytes}`,
    `db_lorder=${options.isLittleEndian ? 1234 : 4321}`,
    "HEADER=END",
    ...pairs.flatMap(({ number, header }) => [` ${keyOf(number).toString("hex")}`, ` ${header.toString("hex")}`]),
    "DATA=END",
    "",
  ].join("\n");

  function keyOf(number: number): Buffer {
    const key = Buffer.alloc(4);
    return options.isLittleEndian ? (key.writeUInt32LE(number), key) : (key.writeUInt32BE(number), key);
  }
}
