// SPDX-License-Identifier: Apache-2.0

/** "HAEC": tells our files from other SQLite files (https://www.sqlite.org/fileformat.html, offset 68). */
export const APPLICATION_ID = 0x48414543;

/** Format of the file, in `user_version`. Raised when an older program would misread it. */
export const FORMAT_VERSION = 1;

/**
 * Raised when the same records would give other rows (a new severity source, another field), so that the bundled database is
 * built again.
 */
export const IMPORTER_VERSION = 1;

/** The tables, by name; a file with any other schema is refused, so that a hostile file cannot bring views or triggers. */
export const TABLES: Readonly<Record<string, string>> = {
  advisories:
    "CREATE TABLE advisories (ecosystem TEXT NOT NULL, package TEXT NOT NULL, id TEXT NOT NULL, modified TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (ecosystem, package, id)) WITHOUT ROWID, STRICT",
  imports:
    "CREATE TABLE imports (ecosystem TEXT NOT NULL PRIMARY KEY, source TEXT NOT NULL, newest TEXT NOT NULL) WITHOUT ROWID, STRICT",
  meta: "CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT",
};
