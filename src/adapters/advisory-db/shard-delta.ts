// SPDX-License-Identifier: Apache-2.0
import { copyFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { readContentSteadily } from "./content-digest.ts";
import type { ShardEntry } from "./index-document.ts";
import { readSources } from "./shard-writer.ts";
import type { SourceNote } from "./stored-record.ts";

const COLUMNS = "scope, name, id, source, variant, modified, body";
const KEY = ["scope", "name", "id", "source", "variant"];

/**
 * The rows that lead from one shard to another as lines of JSON: a row of seven is new or changed, a row of five (its key) is
 * gone. Sorted, so that the same two shards give the same lines.
 */
export function* deltaLines(fromPath: string, toPath: string): Generator<string> {
  const url = pathToFileURL(toPath);
  url.search = "?immutable=1";
  using database = new DatabaseSync(url, { readOnly: true });
  const old = pathToFileURL(fromPath);
  old.search = "?immutable=1";
  database.prepare("ATTACH ? AS old").run(old.href);
  const same = KEY.map((column) => `a.${column} = b.${column}`).join(" AND ");
  const gone = database
    .prepare(
      `SELECT ${KEY.map((each) => `a.${each}`).join(", ")} FROM old.records a LEFT JOIN main.records b ON ${same}
       WHERE b.scope IS NULL ORDER BY ${KEY.map((each) => `a.${each}`).join(", ")}`,
    )
    .iterate() as IterableIterator<Record<string, string>>;
  for (const row of gone) {
    yield JSON.stringify(Object.values(row));
  }
  const changed = database
    .prepare(
      `SELECT ${COLUMNS.split(", ")
        .map((each) => `a.${each}`)
        .join(", ")}
       FROM main.records a LEFT JOIN old.records b ON ${same}
       WHERE b.scope IS NULL OR a.modified <> b.modified OR a.body <> b.body
       ORDER BY ${KEY.map((each) => `a.${each}`).join(", ")}`,
    )
    .iterate() as IterableIterator<Record<string, string>>;
  for (const row of changed) {
    yield JSON.stringify(Object.values(row));
  }
}

/**
 * Makes a shard out of an older one and the lines of deltas, in `path`. Throws `Error` for lines that are none and when the
 * outcome is not what `entry` says; the caller then takes the whole shard.
 */
export async function applyDelta(
  oldPath: string,
  path: string,
  lines: AsyncIterable<string>,
  entry: ShardEntry,
): Promise<void> {
  await copyFile(oldPath, path);
  using database = new DatabaseSync(path, { defensive: false });
  database.exec(
    "PRAGMA trusted_schema=OFF; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; BEGIN",
  );
  const put = database.prepare(`INSERT OR REPLACE INTO records (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const remove = database.prepare(`DELETE FROM records WHERE ${KEY.map((each) => `${each} = ?`).join(" AND ")}`);
  for await (const line of lines) {
    const row = rowOf(line);
    if (row.length === KEY.length) {
      remove.run(...row);
    } else {
      put.run(...row);
    }
  }
  const { digest } = await readContentSteadily(database);
  if (digest !== entry.digest) {
    throw new Error(`the changes lead to ${digest}, not to ${entry.digest}`);
  }
  replaceSources(database, entry.sources);
  database.prepare("INSERT OR REPLACE INTO meta VALUES ('digest', ?)").run(digest);
  database.exec("COMMIT");
  const { freelist_count: free, page_count: pages } = {
    ...database.prepare("PRAGMA freelist_count").get(),
    ...database.prepare("PRAGMA page_count").get(),
  };
  // what years of changes leave behind is given back now and then
  if (Number(free) * 4 > Number(pages)) {
    database.exec("VACUUM");
  }
}

/** Sources are not in the digest of the rows, but in the index that was signed. */
function replaceSources(database: DatabaseSync, sources: readonly SourceNote[]): void {
  if (JSON.stringify(readSources(database)) === JSON.stringify(sources)) {
    return;
  }
  database.exec("DELETE FROM sources");
  const insert = database.prepare("INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?, ?)");
  for (const { source, scope, location, newest, licence, attribution } of sources) {
    insert.run(source, scope, location, newest, licence, attribution);
  }
}

/** Gives an unchanged shard the notes of the new index (its source was read again and had nothing new), in a copy. */
export async function copyWithSources(oldPath: string, path: string, entry: ShardEntry): Promise<void> {
  await copyFile(oldPath, path);
  using database = new DatabaseSync(path, { defensive: false });
  database.exec(
    "PRAGMA trusted_schema=OFF; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; BEGIN",
  );
  replaceSources(database, entry.sources);
  database.exec("COMMIT");
}

function rowOf(line: string): string[] {
  const row: unknown = JSON.parse(line);
  if (
    !Array.isArray(row) ||
    (row.length !== KEY.length && row.length !== KEY.length + 2) ||
    !row.every((each) => typeof each === "string")
  ) {
    throw new Error("a line is no row");
  }
  return row as string[];
}
