// SPDX-License-Identifier: Apache-2.0
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { messageOf } from "#base";
import { readContent, readContentSteadily, type ShardContent } from "./content-digest.ts";
import { AdvisoryDatabaseError } from "./errors.ts";
import { checkShardHeader } from "./file-header.ts";
import type { ShardEntry } from "./index-document.ts";
import { TABLES } from "./schema.ts";
import { readSources } from "./shard-writer.ts";
import type { SourceNote, StoredRecord } from "./stored-record.ts";

const COLUMNS = "scope, name, id, source, variant, modified, body";

/**
 * One shard of an open database. The file is opened at once, so that it stays readable when its name goes; it is looked
 * into, and its schema checked, when it is first asked.
 */
export class Shard implements Disposable {
  readonly entry: Pick<ShardEntry, "name" | "digest">;
  readonly path: string;
  readonly sizeBytes: number;
  readonly #database: DatabaseSync;
  #select: StatementSync | undefined;

  /** Refuses a missing, foreign or cut-off file with a code of `AdvisoryDatabaseError`. */
  constructor(path: string, entry: Pick<ShardEntry, "name" | "digest">) {
    this.path = path;
    this.entry = entry;
    this.sizeBytes = checkShardHeader(path);
    const url = pathToFileURL(path);
    // immutable: no lock, and no journal that somebody laid beside the file is replayed
    url.search = "?immutable=1";
    try {
      this.#database = new DatabaseSync(url, { readOnly: true });
    } catch (error) {
      throw this.#corrupt(messageOf(error), error);
    }
  }

  /** The records of a scope and name, sorted by id, source and variant. */
  find(scope: string, name: string): readonly StoredRecord[] {
    try {
      this.#select ??= this.#prepare();
      return this.#select.all(scope, name) as unknown as StoredRecord[];
    } catch (error) {
      throw error instanceof AdvisoryDatabaseError ? error : this.#corrupt(messageOf(error), error);
    }
  }

  /** Every record in the order of its key (scope, name, id, source, variant). */
  *records(): Generator<StoredRecord> {
    try {
      this.#select ??= this.#prepare();
      const all = this.#database.prepare(`SELECT ${COLUMNS} FROM records ORDER BY scope, name, id, source, variant`);
      yield* all.iterate() as IterableIterator<unknown> as IterableIterator<StoredRecord>;
    } catch (error) {
      throw error instanceof AdvisoryDatabaseError ? error : this.#corrupt(messageOf(error), error);
    }
  }

  /** Reads everything; throws `ADVISORY_DATABASE_CORRUPT` unless it has the digest that it should have. */
  verify(): void {
    try {
      this.#select ??= this.#prepare();
      this.#compare(readContent(this.#database));
    } catch (error) {
      throw error instanceof AdvisoryDatabaseError ? error : this.#corrupt(messageOf(error), error);
    }
  }

  /** As {@link verify}, a part at a time. */
  async verifySteadily(): Promise<void> {
    try {
      this.#select ??= this.#prepare();
      this.#compare(await readContentSteadily(this.#database));
    } catch (error) {
      throw error instanceof AdvisoryDatabaseError ? error : this.#corrupt(messageOf(error), error);
    }
  }

  /** What the shard itself says about its sources. */
  sources(): readonly SourceNote[] {
    try {
      this.#select ??= this.#prepare();
      return readSources(this.#database);
    } catch (error) {
      throw error instanceof AdvisoryDatabaseError ? error : this.#corrupt(messageOf(error), error);
    }
  }

  /** Of a record that is not what was written; an error, never "nothing known". */
  malformed(record: StoredRecord): AdvisoryDatabaseError {
    return this.#corrupt(`the entry ${record.id} of ${record.name} cannot be read`);
  }

  #prepare(): StatementSync {
    this.#database.exec("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA query_only=ON");
    const found = this.#database.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").all() as unknown as {
      readonly name: string;
      readonly sql: string | null;
    }[];
    const isOurs =
      found.length === Object.keys(TABLES).length &&
      found.every(({ name, sql }) => Object.hasOwn(TABLES, name) && TABLES[name] === sql);
    if (!isOurs) {
      throw this.#corrupt("it does not have the tables of its format version");
    }
    const meta = this.#database.prepare("SELECT value FROM meta WHERE key = ?");
    if (meta.get("digest")?.["value"] !== this.entry.digest || meta.get("shard")?.["value"] !== this.entry.name) {
      throw this.#corrupt("it is not the shard that the index names");
    }
    return this.#database.prepare(
      `SELECT ${COLUMNS} FROM records WHERE scope = ? AND name = ? ORDER BY id, source, variant`,
    );
  }

  #compare({ digest }: ShardContent): void {
    if (digest !== this.entry.digest) {
      throw this.#corrupt(`its content has the digest ${digest}, not ${this.entry.digest}`);
    }
  }

  #corrupt(why: string, cause?: unknown): AdvisoryDatabaseError {
    return new AdvisoryDatabaseError("ADVISORY_DATABASE_CORRUPT", `${this.path} is damaged: ${why}`, {
      cause,
      details: { file: this.path },
    });
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
