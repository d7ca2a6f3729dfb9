// SPDX-License-Identifier: Apache-2.0

/** "HAEC": tells our files from other SQLite files (https://www.sqlite.org/fileformat.html, offset 68). */
export const APPLICATION_ID = 0x48414543;

/** Format of folder and shards, in the index document and in `user_version`. Raised when an older program would misread it. */
export const FORMAT_VERSION = 2;

/**
 * Raised when the same records would give other rows (a new severity source, another field), so that the bundled database is
 * built again.
 */
export const IMPORTER_VERSION = 7;

/** The tables, by name; a file with any other schema is refused, so that a hostile file cannot bring views or triggers. */
export const TABLES: Readonly<Record<string, string>> = {
  meta: "CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT",
  records:
    "CREATE TABLE records (scope TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL, variant TEXT NOT NULL, modified TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (scope, name, id, source, variant)) WITHOUT ROWID, STRICT",
  sources:
    "CREATE TABLE sources (source TEXT NOT NULL, scope TEXT NOT NULL, location TEXT NOT NULL, newest TEXT NOT NULL, licence TEXT NOT NULL, attribution TEXT NOT NULL, PRIMARY KEY (source, scope)) WITHOUT ROWID, STRICT",
};
