// SPDX-License-Identifier: Apache-2.0
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import type { Advisory, AdvisoryDatabaseInfo, AdvisorySource } from "#advisories";
import { isDigest, messageOf } from "#base";
import { type AdvisoryRow, fromRow } from "./advisory-row.ts";
import { readContent } from "./content-digest.ts";
import { AdvisoryDatabaseError } from "./errors.ts";
import { checkFileHeader } from "./file-header.ts";
import { TABLES } from "./schema.ts";

/** An open database file. A file that replaces it by renaming does not disturb it: open again to see the new one. */
export interface AdvisoryDatabase extends AdvisorySource, Disposable {
  readonly file: string;
  readonly sizeBytes: number;
  /** Where each ecosystem's data came from, and its newest record. */
  readonly imports: readonly { readonly ecosystem: string; readonly source: string; readonly newest: string }[];
  /** Reads everything and compares the digest; takes about a second for a million advisories per gigahertz. Throws `ADVISORY_DATABASE_CORRUPT`. */
  verify(): void;
}

/**
 * Opens a database file for reading. Refuses a missing file, another kind of file, another format version, a damaged file and
 * one with a foreign schema, each with its own code of {@link AdvisoryDatabaseError}. Costs milliseconds whatever the size.
 */
export function openAdvisoryDatabase(path: string): AdvisoryDatabase {
  const sizeBytes = checkFileHeader(path);
  return new SqliteAdvisoryDatabase(path, sizeBytes);
}

class SqliteAdvisoryDatabase implements AdvisoryDatabase {
  readonly file: string;
  readonly sizeBytes: number;
  readonly info: AdvisoryDatabaseInfo;
  readonly imports: AdvisoryDatabase["imports"];
  readonly #database: DatabaseSync;
  readonly #select: StatementSync;

  constructor(path: string, sizeBytes: number) {
    this.file = path;
    this.sizeBytes = sizeBytes;
    const url = pathToFileURL(path);
    // immutable: no lock, and no journal that somebody laid beside the file is replayed
    url.search = "?immutable=1";
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(url, { readOnly: true });
      database.exec("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA query_only=ON");
      checkSchema(database, path);
      this.info = readInfo(database, path);
      this.imports = (
        database.prepare("SELECT ecosystem, source, newest FROM imports ORDER BY ecosystem").all() as unknown as {
          readonly ecosystem: string;
          readonly source: string;
          readonly newest: string;
        }[]
      ).map((each) => ({ ...each }));
      this.#select = database.prepare(
        "SELECT ecosystem, package, id, modified, body FROM advisories WHERE ecosystem = ? AND package = ? ORDER BY id",
      );
      this.#database = database;
    } catch (error) {
      database?.close();
      throw error instanceof AdvisoryDatabaseError ? error : corrupt(path, messageOf(error), error);
    }
  }

  advisoriesFor(ecosystem: string, packageName: string): readonly Advisory[] {
    let rows: AdvisoryRow[];
    try {
      rows = this.#select.all(ecosystem, packageName) as unknown as AdvisoryRow[];
    } catch (error) {
      throw corrupt(this.file, messageOf(error), error);
    }
    return rows.map((row) => {
      const advisory = fromRow(row);
      if (advisory === undefined) {
        throw corrupt(this.file, `the entry ${row.id} of ${row.package} cannot be read`);
      }
      return advisory;
    });
  }

  verify(): void {
    let digest: string;
    try {
      digest = readContent(this.#database).digest;
    } catch (error) {
      throw corrupt(this.file, messageOf(error), error);
    }
    if (digest !== this.info.digest) {
      throw corrupt(this.file, `its content has the digest ${digest}, not ${this.info.digest}`);
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function checkSchema(database: DatabaseSync, path: string): void {
  const found = database.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").all() as unknown as {
    readonly name: string;
    readonly sql: string | null;
  }[];
  const isOurs =
    found.length === Object.keys(TABLES).length &&
    found.every(({ name, sql }) => TABLES[name] !== undefined && TABLES[name] === sql);
  if (!isOurs) {
    throw corrupt(path, "it does not have the tables of its format version");
  }
}

function readInfo(database: DatabaseSync, path: string): AdvisoryDatabaseInfo {
  const text = database.prepare("SELECT value FROM meta WHERE key = 'info'").get()?.["value"];
  let info: Partial<AdvisoryDatabaseInfo> | null = null;
  try {
    info = typeof text === "string" ? (JSON.parse(text) as Partial<AdvisoryDatabaseInfo> | null) : null;
  } catch {
    // not JSON: refused below like any other wrong shape
  }
  const { digest, date, advisories, isBundled, ecosystems } = info ?? {};
  if (
    typeof digest !== "string" ||
    !isDigest(digest) ||
    typeof date !== "string" ||
    typeof advisories !== "number" ||
    typeof isBundled !== "boolean" ||
    typeof ecosystems !== "object" ||
    ecosystems === null ||
    !Object.values(ecosystems).every((count) => typeof count === "number")
  ) {
    throw corrupt(path, "its description is missing or malformed");
  }
  return { digest, date, advisories, isBundled, ecosystems };
}

function corrupt(path: string, why: string, cause?: unknown): AdvisoryDatabaseError {
  return new AdvisoryDatabaseError("ADVISORY_DATABASE_CORRUPT", `${path} is damaged: ${why}`, {
    cause,
    details: { file: path },
  });
}
