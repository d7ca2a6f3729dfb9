// SPDX-License-Identifier: Apache-2.0
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { messageOf } from "#base";
import { readContent } from "./content-digest.ts";
import { AdvisoryDatabaseError } from "./errors.ts";
import type { ShardEntry } from "./index-document.ts";
import { APPLICATION_ID, FORMAT_VERSION, TABLES } from "./schema.ts";
import type { SourceNote, StoredRecord } from "./stored-record.ts";

/** What goes from the old shard when the new one is carried over from it: everything else stays. */
export interface Replaced {
  /** `source` and `scope`; a scope that is the family alone stands for all of its scopes. */
  readonly scopes: readonly { readonly source: string; readonly scope: string }[];
  readonly ids: readonly { readonly source: string; readonly id: string }[];
}

/** Writes one shard into a file that nobody else looks at yet. */
export class ShardWriter implements Disposable {
  readonly name: string;
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  #isOpen = true;

  constructor(name: string, path: string) {
    this.name = name;
    this.path = path;
    try {
      // SQLite's defensive mode refuses to go without a journal
      this.#database = new DatabaseSync(path, { defensive: false });
      // nobody else sees the file before it is complete and fsynced: a journal would only cost time
      this.#database.exec(
        `PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-16384;
         PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${FORMAT_VERSION};
         ${Object.values(TABLES).join(";")}; BEGIN`,
      );
    } catch (error) {
      throw unwritable(path, error);
    }
    // of two records with one key the newer wins, whatever the order in which they come
    this.#insert = this.#database.prepare(
      `INSERT INTO records (scope, name, id, source, variant, modified, body) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET modified = excluded.modified, body = excluded.body
       WHERE (excluded.modified, excluded.body) > (modified, body)`,
    );
  }

  /** Adds a record, or replaces an older one with the same key. */
  add(record: StoredRecord): void {
    try {
      this.#insert.run(
        record.scope,
        record.name,
        record.id,
        record.source,
        record.variant,
        record.modified,
        record.body,
      );
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  /** Notes where rows of a scope came from (already free of credentials). */
  noteSource({ source, scope, location, newest, licence, attribution }: SourceNote): void {
    this.#database
      .prepare("INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?, ?)")
      .run(source, scope, location, newest, licence, attribution);
  }

  /** Copies the rest of the old shard (opened and checked before) into this one; what was added wins. */
  carryOver(oldPath: string, replaced: Replaced): void {
    const url = pathToFileURL(oldPath);
    url.search = "?mode=ro&immutable=1";
    try {
      this.#database.exec("COMMIT");
      this.#database.prepare("ATTACH ? AS old").run(url.href);
      this.#database.exec(
        `CREATE TEMP TABLE replaced (source TEXT, scope TEXT, PRIMARY KEY (source, scope)) WITHOUT ROWID;
         CREATE TEMP TABLE updated (source TEXT, id TEXT, PRIMARY KEY (source, id)) WITHOUT ROWID; BEGIN`,
      );
      const scope = this.#database.prepare("INSERT OR IGNORE INTO temp.replaced VALUES (?, ?)");
      for (const each of replaced.scopes) {
        scope.run(each.source, each.scope);
      }
      const id = this.#database.prepare("INSERT OR IGNORE INTO temp.updated VALUES (?, ?)");
      for (const each of replaced.ids) {
        id.run(each.source, each.id);
      }
      const family = "substr(scope, 1, instr(scope || ':', ':') - 1)";
      const kept = `(source, scope) NOT IN (SELECT source, scope FROM temp.replaced)
        AND (source, ${family}) NOT IN (SELECT source, scope FROM temp.replaced)`;
      this.#database.exec(
        `INSERT OR IGNORE INTO main.records SELECT * FROM old.records
           WHERE ${kept} AND (source, id) NOT IN (SELECT source, id FROM temp.updated);
         INSERT OR IGNORE INTO main.sources SELECT * FROM old.sources WHERE ${kept};
         COMMIT; DETACH old; BEGIN`,
      );
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  /** Completes the file and closes it; `undefined` (and nothing to keep) when it has no rows. */
  finish(): ShardEntry | undefined {
    try {
      const content = readContent(this.#database);
      this.#database.exec(
        `DELETE FROM sources WHERE scope <> '' AND scope NOT IN (SELECT DISTINCT scope FROM records)`,
      );
      const sources = readSources(this.#database);
      this.#database.prepare("INSERT OR REPLACE INTO meta VALUES ('shard', ?)").run(this.name);
      this.#database.prepare("INSERT OR REPLACE INTO meta VALUES ('digest', ?)").run(content.digest);
      this.#database.exec("COMMIT");
      this[Symbol.dispose]();
      if (content.records === 0) {
        return undefined;
      }
      const newest = sources.reduce((known, each) => (each.newest > known ? each.newest : known), content.newest);
      const { digest, records, scopes } = content;
      return { name: this.name, digest, records, newest, scopes, sources };
    } catch (error) {
      throw error instanceof AdvisoryDatabaseError ? error : unwritable(this.path, error);
    }
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) {
      this.#isOpen = false;
      this.#database.close();
    }
  }
}

/** The notes of a shard, sorted. */
export function readSources(database: DatabaseSync): readonly SourceNote[] {
  return (
    database
      .prepare("SELECT source, scope, location, newest, licence, attribution FROM sources ORDER BY scope, source")
      .all() as unknown as SourceNote[]
  ).map((each) => ({ ...each }));
}

function unwritable(path: string, cause: unknown): AdvisoryDatabaseError {
  return new AdvisoryDatabaseError("ADVISORY_DATABASE_UNWRITABLE", `cannot write ${path}: ${messageOf(cause)}`, {
    cause,
    details: { file: path },
  });
}
