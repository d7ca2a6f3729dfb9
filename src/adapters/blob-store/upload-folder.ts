// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, syncFolder, writeSynced } from "./durable-file.ts";

/** Ids are made by us; anything else, such as `../`, never reaches a path. */
const UPLOAD_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const MAX_STATE_BYTES = 4096;

/** Where an upload lives: `uploads/<id>/state.json`, written once, and `uploads/<id>/data`, whose size is what was received. */
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

/** The repository and size of an upload, or `undefined` where a crash left less than a whole upload. */
export async function readUploadFolder(
  upload: UploadFolder,
): Promise<{ readonly repository: string; readonly receivedBytes: number } | undefined> {
  try {
    const data = await stat(upload.dataFile);
    const state = await readFile(join(upload.folder, "state.json"));
    const repository = data.isFile() && state.length <= MAX_STATE_BYTES ? parseRepository(state) : undefined;
    return repository === undefined ? undefined : { repository, receivedBytes: data.size };
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
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

/**
 * Removes what crashes left behind and uploads that nobody has written to since `oldest`, but for those that somebody is at; returns how
 * many were removed.
 */
export async function removeDeadUploads(
  uploads: string,
  oldest: Date,
  isBusy: (id: string) => boolean = () => false,
): Promise<number> {
  let removed = 0;
  for (const entry of await readdir(uploads)) {
    if (!isBusy(entry) && (await isDead(uploads, entry, oldest)) && !isBusy(entry)) {
      await rm(join(uploads, entry), { recursive: true, force: true });
      removed += 1;
    }
  }
  return removed;
}

async function isDead(uploads: string, entry: string, oldest: Date): Promise<boolean> {
  const upload = uploadFolder(uploads, entry);
  if (upload === undefined || (await readUploadFolder(upload)) === undefined) {
    return true;
  }
  try {
    return (await stat(upload.dataFile)).mtime < oldest;
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
