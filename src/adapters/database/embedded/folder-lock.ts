// SPDX-License-Identifier: Apache-2.0
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf } from "#base";
import { DatabaseError } from "../errors.ts";
import { ownUid, writeFileOnce } from "./folders.ts";

const SQLITE_BUSY = 5;
const MAX_NOTE_BYTES = 10_000;

/** Who holds the lock; only for messages and for clearing up, the lock itself does not rest on it. */
interface HolderNote {
  readonly pid: number;
  readonly socketDir?: string;
}

/**
 * The lock of one data folder. It is a file lock of the kernel (through SQLite, the only one that Node offers), which
 * ends with the process however that ends: there is no stale lock, and a process id that is used again means nothing.
 */
export class FolderLock {
  readonly #base: string;
  readonly #handle: DatabaseSync;
  /** What the last holder left behind when it did not end by itself. */
  readonly leftBy: HolderNote | undefined;

  private constructor(base: string, handle: DatabaseSync, leftBy: HolderNote | undefined) {
    this.#base = base;
    this.#handle = handle;
    this.leftBy = leftBy;
  }

  /** Takes the lock or throws `DATABASE_IN_USE`, naming the holder. */
  static async acquire(base: string): Promise<FolderLock> {
    let handle: DatabaseSync | undefined;
    try {
      handle = new DatabaseSync(join(base, "lock"), { timeout: 0 });
      handle.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    } catch (error) {
      handle?.close();
      throw isBusy(error) ? inUse(base, await readNote(base)) : unusable(base, error);
    }
    const leftBy = await readNote(base);
    const lock = new FolderLock(base, handle, leftBy);
    await lock.note({ pid: process.pid });
    return lock;
  }

  async note(note: HolderNote): Promise<void> {
    await writeFileOnce(noteFile(this.#base), `${JSON.stringify(note)}\n`);
  }

  async release(): Promise<void> {
    await rm(noteFile(this.#base), { force: true });
    this.#handle.close();
  }
}

function noteFile(base: string): string {
  return join(base, "lock.json");
}

async function readNote(base: string): Promise<HolderNote | undefined> {
  try {
    const text = await readFile(noteFile(base), "utf8");
    const note = text.length > MAX_NOTE_BYTES ? undefined : (JSON.parse(text) as Partial<HolderNote> | null);
    return typeof note?.pid !== "number"
      ? undefined
      : { pid: note.pid, ...(typeof note.socketDir === "string" ? { socketDir: note.socketDir } : {}) };
  } catch {
    return undefined;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}

function inUse(folder: string, holder: HolderNote | undefined): DatabaseError {
  const pid = holder?.pid ?? 0;
  const who = holder === undefined ? "another Haechi process" : `another Haechi process (pid ${pid})`;
  return new DatabaseError(
    "DATABASE_IN_USE",
    `${who} uses the database in ${folder}: stop it, or choose another data folder`,
    {
      details: { pid, folder },
    },
  );
}

function unusable(folder: string, cause: unknown): DatabaseError {
  const account = `uid ${ownUid()}`;
  return new DatabaseError(
    "DATA_FOLDER_OWNER",
    `cannot lock ${join(folder, "lock")} as ${account} (${messageOf(cause)}): start Haechi as the user who made the folder`,
    { cause, details: { folder, owner: "", account } },
  );
}
