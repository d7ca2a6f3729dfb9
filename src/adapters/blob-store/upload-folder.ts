// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, openIfPresent, syncFolder, writeSynced } from "./durable-file.ts";
import { BlobStoreError } from "./errors.ts";
import type { UploadOwner } from "./upload-owner.ts";

/** Ids are made by us; anything else, such as `../`, never reaches a path. */
const UPLOAD_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const MAX_STATE_BYTES = 4096;
const HELD = /^data\.([0-9a-z]{1,64})$/;
/** The file changes its name while somebody looks for it; it is somewhere. */
const LOOKS = 3;
/** What has no whole upload in it and is older was left by a crash; what is younger may be in the making, in another process. */
export const HALF_MADE_MS: number = 60 * 60 * 1000;

/**
 * Where an upload lives: `uploads/<id>/state.json`, written once, and `uploads/<id>/data`, whose size is what was received. While a process
 * writes to it, the file is called `data.<process>`: a rename is what only one of several processes succeeds with, on a shared folder too.
 */
export interface UploadFolder {
  readonly id: string;
  readonly folder: string;
  readonly dataFile: string;
}

export function uploadFolder(uploads: string, id: string): UploadFolder | undefined {
  if (!UPLOAD_ID.test(id)) {
    return undefined;
  }
  const folder = join(uploads, id);
  return { id, folder, dataFile: join(folder, "data") };
}

/** Makes the folder durable before its id is handed out. */
export async function createUploadFolder(upload: UploadFolder, repository: string): Promise<void> {
  try {
    await mkdir(upload.folder, { mode: 0o700 });
    await writeSynced(upload.dataFile, new Uint8Array());
    await writeSynced(join(upload.folder, "state.json"), Buffer.from(JSON.stringify({ version: 1, repository })));
    await syncFolder(upload.folder);
    await syncFolder(join(upload.folder, ".."));
  } catch (error) {
    await rm(upload.folder, { recursive: true, force: true });
    throw error;
  }
}

/** The repository that the upload was begun for; `undefined` where a crash left less than a whole upload. */
export async function readRepository(upload: UploadFolder): Promise<string | undefined> {
  try {
    const state = await readFile(join(upload.folder, "state.json"));
    return state.length <= MAX_STATE_BYTES ? parseRepository(state) : undefined;
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Takes the upload for the owner; the path of its data until `giveBack`. `undefined`: there is none. Throws `UPLOAD_BUSY` while another
 * process that lives has it. What a dead one had is copied first: should that one not be dead after all, it writes into a file
 * that nobody reads.
 */
export async function takeUpload(upload: UploadFolder, owner: UploadOwner): Promise<string | undefined> {
  const own = `${upload.dataFile}.${owner.id}`;
  if (await renameIfPresent(upload.dataFile, own)) {
    return own;
  }
  const holder = await findHolder(upload);
  if (holder === undefined) {
    return undefined;
  }
  if (holder !== owner.id) {
    const held = `${upload.dataFile}.${holder}`;
    if (holder === "" || (await owner.isAlive(holder)) || !(await renameIfPresent(held, own))) {
      throw new BlobStoreError("UPLOAD_BUSY", "another process is writing to this upload");
    }
  }
  // Ours already: taken over before, and the copy failed.
  const copy = join(upload.folder, `copy.${owner.id}`);
  await copyFile(own, copy, constants.COPYFILE_FICLONE);
  await rename(copy, own);
  return own;
}

/** Lets the next one write. Throws `UPLOAD_BUSY` when somebody took it for lost meanwhile: then what was written counts for nothing. */
export async function giveBack(upload: UploadFolder, own: string): Promise<void> {
  if (!(await renameIfPresent(own, upload.dataFile))) {
    throw new BlobStoreError("UPLOAD_BUSY", "another process has taken the upload over");
  }
}

async function renameIfPresent(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (isMissing(error)) {
      return false;
    }
    throw error;
  }
}

/** The process that has it; "": nobody has it any more, or not yet. `undefined`: there is no upload. */
async function findHolder({ folder }: UploadFolder): Promise<string | undefined> {
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (isMissing(error)) {
      return [];
    }
    throw error;
  });
  const held = names.map((name) => HELD.exec(name)?.[1]).find((id) => id !== undefined);
  return held ?? (names.includes("data") ? "" : undefined);
}

/**
 * What was received, whoever has it; `undefined`: there is no such upload. Opened, not only looked at: on a network file system that asks the
 * server, where another machine may have written.
 */
export async function statData(
  upload: UploadFolder,
): Promise<{ readonly sizeBytes: number; readonly writtenAt: Date } | undefined> {
  for (let look = 0; look < LOOKS; look++) {
    const holder = look === 0 ? "" : await findHolder(upload);
    if (holder === undefined) {
      return undefined;
    }
    const handle = await openIfPresent(holder === "" ? upload.dataFile : `${upload.dataFile}.${holder}`);
    if (handle !== undefined) {
      try {
        const file = await handle.stat();
        return file.isFile() ? { sizeBytes: file.size, writtenAt: file.mtime } : undefined;
      } finally {
        await handle.close();
      }
    }
  }
  return undefined;
}

function parseRepository(state: Buffer): string | undefined {
  try {
    const value: unknown = JSON.parse(state.toString("utf8"));
    const repository =
      typeof value === "object" && value !== null && "repository" in value ? value.repository : undefined;
    return typeof repository === "string" ? repository : undefined;
  } catch {
    return undefined;
  }
}

/** What is too old: whole uploads that nobody has written to since `oldest`, and what is less than one and older than `halfMade`. */
export interface UploadAges {
  readonly oldest: Date;
  readonly halfMade: Date;
}

/**
 * Removes what crashes left behind and uploads that nobody has written to for long, but for those that somebody is at; returns how
 * many were removed.
 */
export async function removeDeadUploads(
  uploads: string,
  ages: UploadAges,
  isBusy: (id: string) => boolean = () => false,
): Promise<number> {
  let removed = 0;
  for (const entry of await readdir(uploads)) {
    if (!isBusy(entry) && (await isDead(uploads, entry, ages)) && !isBusy(entry)) {
      await rm(join(uploads, entry), { recursive: true, force: true });
      removed += 1;
    }
  }
  return removed;
}

async function isDead(uploads: string, entry: string, { oldest, halfMade }: UploadAges): Promise<boolean> {
  const upload = uploadFolder(uploads, entry);
  const isWhole = upload !== undefined && (await readRepository(upload)) !== undefined;
  const data = isWhole ? await statData(upload) : undefined;
  if (data !== undefined) {
    return data.writtenAt < oldest;
  }
  try {
    return (await stat(join(uploads, entry))).mtime < halfMade;
  } catch (error) {
    if (isMissing(error)) {
      return false;
    }
    throw error;
  }
}

/** Removes files in the folder that nobody has written to since `oldest`; returns how many. */
export async function removeOldFiles(folder: string, oldest: Date): Promise<number> {
  let removed = 0;
  for (const entry of await readdir(folder)) {
    const path = join(folder, entry);
    const isOld = await stat(path).then(
      ({ mtime }) => mtime < oldest,
      () => false,
    );
    if (isOld) {
      await rm(path, { recursive: true, force: true });
      removed += 1;
    }
  }
  return removed;
}
