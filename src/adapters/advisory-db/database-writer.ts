// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import type { Advisory, AdvisoryDatabaseInfo } from "#advisories";
import { messageOf } from "#base";
import { toRow } from "./advisory-row.ts";
import { readContent } from "./content-digest.ts";
import { AdvisoryDatabaseError } from "./errors.ts";
import { APPLICATION_ID, FORMAT_VERSION, TABLES } from "./schema.ts";

/** What stays of the old file: everything outside the replaced ecosystems that was not updated record by record. */
export interface CarryOver {
  /** Ecosystems (`Debian:12`) and whole families (`Debian`). */
  readonly replaced: ReadonlySet<string>;
  readonly updatedIds: ReadonlySet<string>;
}

/**
 * Writes a database beside its target and puts it in place at once by renaming. Until `finish` returns, the old file is the
 * one in use; a process killed in between leaves a temporary file that the next writer removes.
 */
export class DatabaseWriter implements Disposable {
  readonly #target: string;
  readonly #temporary: string;
  readonly #before: string;
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  #isOpen = true;

  constructor(target: string) {
    this.#target = resolve(target);
    const folder = dirname(this.#target);
    this.#before = identityOf(this.#target);
    this.#temporary = join(folder, `.${basename(this.#target)}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`);
    try {
      mkdirSync(folder, { recursive: true });
      removeOrphans(folder, basename(this.#target));
      // SQLite's defensive mode refuses to go without a journal
      this.#database = new DatabaseSync(this.#temporary, { defensive: false });
      // nobody else sees the file before it is complete and fsynced: a journal would only cost time
      this.#database.exec(
        `PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-65536;
         PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${FORMAT_VERSION};
         ${Object.values(TABLES).join(";")}; BEGIN`,
      );
    } catch (error) {
      rmSync(this.#temporary, { force: true });
      throw unwritable(this.#target, error);
    }
    // of two records with one id the newer wins, whatever the order in which they come
    this.#insert = this.#database.prepare(
      `INSERT INTO advisories (ecosystem, package, id, modified, body) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET modified = excluded.modified, body = excluded.body
       WHERE (excluded.modified, excluded.body) > (modified, body)`,
    );
  }

  /** Adds an advisory, or replaces an older one with the same id. */
  add(advisory: Advisory): void {
    const row = toRow(advisory);
    try {
      this.#insert.run(row.ecosystem, row.package, row.id, row.modified, row.body);
    } catch (error) {
      throw unwritable(this.#target, error);
    }
  }

  /** Notes where the data of an ecosystem came from (already free of credentials). */
  noteImport(ecosystem: string, source: string, newest: string): void {
    this.#database.prepare("INSERT OR REPLACE INTO imports VALUES (?, ?, ?)").run(ecosystem, source, newest);
  }

  /** Copies the rest of an existing database (opened and checked before) into this one; what was added wins. */
  carryOver(path: string, { replaced, updatedIds }: CarryOver): void {
    const url = pathToFileURL(path);
    url.search = "?mode=ro&immutable=1";
    this.#database.exec("COMMIT");
    this.#database.prepare("ATTACH ? AS old").run(url.href);
    this.#database.exec(
      "CREATE TEMP TABLE replaced (name TEXT PRIMARY KEY); CREATE TEMP TABLE updated (id TEXT PRIMARY KEY); BEGIN",
    );
    fill(this.#database.prepare("INSERT INTO temp.replaced VALUES (?)"), replaced);
    fill(this.#database.prepare("INSERT INTO temp.updated VALUES (?)"), updatedIds);
    const kept = `ecosystem NOT IN temp.replaced
      AND substr(ecosystem, 1, instr(ecosystem || ':', ':') - 1) NOT IN temp.replaced`;
    this.#database.exec(
      `INSERT OR IGNORE INTO main.advisories SELECT * FROM old.advisories WHERE ${kept} AND id NOT IN temp.updated;
       INSERT OR IGNORE INTO main.imports SELECT * FROM old.imports WHERE ${kept};
       COMMIT; DETACH old; BEGIN`,
    );
  }

  /** Number of advisories so far. */
  get count(): number {
    return Number(this.#database.prepare("SELECT count(*) AS n FROM advisories").get()?.["n"] ?? 0);
  }

  /** Completes the file and puts it in place; from here on it is the one in use. */
  finish(options: { readonly isBundled: boolean }): AdvisoryDatabaseInfo {
    try {
      const content = readContent(this.#database);
      if (options.isBundled) {
        this.#database.exec("UPDATE imports SET source = 'bundled'");
      }
      const info: AdvisoryDatabaseInfo = {
        digest: content.digest,
        date: content.newest,
        advisories: content.advisories,
        isBundled: options.isBundled,
        ecosystems: content.ecosystems,
      };
      this.#database.prepare("INSERT INTO meta VALUES ('info', ?)").run(JSON.stringify(info));
      this.#database.exec("COMMIT");
      this.#close();
      syncPath(this.#temporary);
      if (identityOf(this.#target) !== this.#before) {
        throw new AdvisoryDatabaseError(
          "ADVISORY_DATABASE_CHANGED",
          `${this.#target} was replaced while this import ran; nothing was changed, run it again`,
        );
      }
      renameSync(this.#temporary, this.#target);
      syncPath(dirname(this.#target));
      return info;
    } catch (error) {
      throw error instanceof AdvisoryDatabaseError ? error : unwritable(this.#target, error);
    }
  }

  /** Throws away what was written unless `finish` has put it in place. */
  [Symbol.dispose](): void {
    this.#close();
    rmSync(this.#temporary, { force: true });
  }

  #close(): void {
    if (this.#isOpen) {
      this.#isOpen = false;
      this.#database.close();
    }
  }
}

function fill(statement: StatementSync, values: ReadonlySet<string>): void {
  for (const value of values) {
    statement.run(value);
  }
}

function unwritable(target: string, cause: unknown): AdvisoryDatabaseError {
  return new AdvisoryDatabaseError("ADVISORY_DATABASE_UNWRITABLE", `cannot write ${target}: ${messageOf(cause)}`, {
    cause,
    details: { file: target },
  });
}

/** What tells one file from the one that replaced it; empty when there is none. */
function identityOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}`;
}

function syncPath(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Removes temporary files of writers of the same target that no longer run. */
function removeOrphans(folder: string, name: string): void {
  for (const each of readdirSync(folder)) {
    if (!each.startsWith(`.${name}.`)) {
      continue;
    }
    const pid = /^\.(\d+)\.[0-9a-f]{12}\.tmp$/.exec(each.slice(name.length + 1))?.[1];
    if (pid !== undefined && Number(pid) !== process.pid && !isRunning(Number(pid))) {
      rmSync(join(folder, each), { force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
