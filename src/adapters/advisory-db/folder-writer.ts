// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { AdvisoryDatabaseInfo } from "#advisories";
import { messageOf } from "#base";
import { AdvisoryDatabaseError } from "./errors.ts";
import { type IndexDocument, infoOf, renderIndexDocument, type ShardEntry } from "./index-document.ts";
import { lockInstall } from "./install-lock.ts";
import { INDEX_FILE, type OriginNote, originPath, renderOrigin } from "./origin-note.ts";
import { isAbandoned, processMark } from "./process-mark.ts";
import { FORMAT_VERSION } from "./schema.ts";
import { shardPath } from "./shard-kind.ts";
import { syncPath } from "./sync-path.ts";

const WORK_PREFIX = ".work.";

/** A shard that is complete in a file of the work folder. */
export interface WrittenShard {
  readonly entry: ShardEntry;
  readonly path: string;
}

/**
 * Puts a new version of a database folder in place at once. Everything is written into a work folder inside it; `install`
 * moves finished shards to their names, which the index in use does not name, and then replaces the index by renaming. A
 * process killed in between leaves a work folder, or shards without an index, which the next writer removes.
 */
export class FolderWriter implements Disposable {
  readonly folder: string;
  /** Empty at first; removed at the end. */
  readonly workFolder: string;
  readonly #before: string;

  constructor(folder: string) {
    this.folder = resolve(folder);
    this.#before = identityOf(join(this.folder, INDEX_FILE));
    this.workFolder = join(this.folder, `${WORK_PREFIX}${processMark()}`);
    try {
      mkdirSync(join(this.folder, "shards"), { recursive: true });
      removeOrphans(this.folder);
      mkdirSync(this.workFolder);
    } catch (error) {
      throw unwritable(this.folder, error);
    }
  }

  /** A path in the work folder that nobody has used. */
  temporaryPath(hint: string): string {
    return join(this.workFolder, `${hint.replaceAll(/[^\w.-]/g, "_").slice(0, 60)}.${randomBytes(6).toString("hex")}`);
  }

  /**
   * Puts shards and index in place; from here on they are what is in use. `kept` are shards of the version before.
   * `bytes`: the index as it was received, whose digest somebody has signed.
   */
  install(version: {
    readonly written: readonly WrittenShard[];
    readonly kept: readonly ShardEntry[];
    readonly isBundled: boolean;
    readonly bytes?: Uint8Array;
    readonly origin?: OriginNote;
  }): AdvisoryDatabaseInfo {
    const shards = [...version.kept, ...version.written.map((each) => each.entry)].sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
    const document: IndexDocument = { format: FORMAT_VERSION, isBundled: version.isBundled, shards };
    try {
      for (const { path } of version.written) {
        syncPath(path);
      }
      using _lock = lockInstall(this.folder);
      if (identityOf(join(this.folder, INDEX_FILE)) !== this.#before) {
        throw new AdvisoryDatabaseError(
          "ADVISORY_DATABASE_CHANGED",
          `${this.folder} was replaced while this ran; nothing was changed, run it again`,
        );
      }
      for (const { entry, path } of version.written) {
        renameSync(path, join(this.folder, shardPath(entry.name, entry.digest)));
      }
      syncPath(join(this.folder, "shards"));
      const bytes = version.bytes ?? Buffer.from(renderIndexDocument(document));
      if (version.origin !== undefined) {
        // before the index: it names the digest of that index, and says nothing about any other
        this.#write(originPath(bytes), renderOrigin(version.origin));
      }
      this.#write(INDEX_FILE, bytes);
      syncPath(this.folder);
      removeUnnamed(this.folder, document, bytes);
    } catch (error) {
      throw error instanceof AdvisoryDatabaseError ? error : unwritable(this.folder, error);
    }
    return infoOf(document);
  }

  #write(name: string, content: string | Uint8Array): void {
    const temporary = this.temporaryPath(name);
    writeFileSync(temporary, content);
    syncPath(temporary);
    renameSync(temporary, join(this.folder, name));
  }

  /** Throws away what was written and not installed. */
  [Symbol.dispose](): void {
    rmSync(this.workFolder, { recursive: true, force: true });
  }
}

/** Whoever has an old shard open keeps reading it: only its name goes. */
function removeUnnamed(folder: string, document: IndexDocument, index: Uint8Array): void {
  const named = new Set(document.shards.map((shard) => shardPath(shard.name, shard.digest)));
  const origin = originPath(index);
  for (const each of readdirSync(join(folder, "shards"))) {
    if (/^[a-z0-9-]*-[0-9a-f]{40}\.sqlite$/.test(each) && !named.has(`shards/${each}`)) {
      tryRemove(join(folder, "shards", each));
    }
  }
  for (const each of readdirSync(folder)) {
    if (/^origin-[0-9a-f]{16}\.json$/.test(each) && each !== origin) {
      tryRemove(join(folder, each));
    }
  }
}

function tryRemove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // some systems keep open files: the next version removes it
  }
}

/** Work folders of processes that no longer run. */
function removeOrphans(folder: string): void {
  for (const each of readdirSync(folder)) {
    const path = join(folder, each);
    if (each.startsWith(WORK_PREFIX) && isAbandoned(each.slice(WORK_PREFIX.length), path)) {
      tryRemove(path);
    }
  }
}

/** What tells one index from the one that replaced it; empty when there is none. */
export function identityOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}`;
}

/** Refuses a target that is something else than a database folder, an empty one, or nothing. */
export function assertWritableTarget(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    return;
  }
  const isOurs = stat.isDirectory() && (existsSync(join(path, INDEX_FILE)) || isEmptyFolder(path));
  if (!isOurs) {
    throw new AdvisoryDatabaseError(
      "ADVISORY_DATABASE_FOREIGN",
      stat.isDirectory()
        ? `${path} is a folder with other things in it; name a new or empty folder, or that of a database`
        : `${path} is a file, and a database is a folder since format version ${FORMAT_VERSION}; name a folder`,
      { details: { file: path } },
    );
  }
}

function isEmptyFolder(path: string): boolean {
  return readdirSync(path).every((name) => name === "shards" || name.startsWith(WORK_PREFIX));
}

function unwritable(target: string, cause: unknown): AdvisoryDatabaseError {
  return new AdvisoryDatabaseError(
    "ADVISORY_DATABASE_UNWRITABLE",
    `cannot write ${target}: ${messageOf(cause)}; the database in use is unchanged`,
    { cause, details: { file: target } },
  );
}

/** The bytes of the index in use; `undefined` when there is none. */
export function readIndexBytes(folder: string): Uint8Array | undefined {
  try {
    return readFileSync(join(folder, INDEX_FILE));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
