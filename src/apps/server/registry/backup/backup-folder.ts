// SPDX-License-Identifier: Apache-2.0
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "#base";
import { ImageSourceError } from "#image-source";
import type { ServerContext } from "../../context.ts";
import { RegistryJobError } from "../../registry-jobs/errors.ts";
import { isStamp, UNFINISHED } from "./backup-names.ts";

const FULL_OR_GONE: readonly string[] = ["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EIO", "ENOENT", "ENOTDIR"];

/** The folder of the backups of one name, `images/NAME` or `snapshots/NAME`. Throws `BACKUP_OFF`. */
export function backupFolder(
  { configuration }: Pick<ServerContext, "configuration">,
  kind: "images" | "snapshots",
  name: string = "",
): string {
  const { backupDir } = configuration.registry;
  if (backupDir === undefined) {
    throw new RegistryJobError(
      "BACKUP_OFF",
      "the setting registry.backupDir is not set, so there is no place for backups",
    );
  }
  return join(backupDir, kind, name);
}

/** Folders of whole backups, oldest first. A folder that is not there has none. */
export async function listStamps(folder: string): Promise<readonly string[]> {
  return (await listFolder(folder)).filter(isStamp).toSorted();
}

/** The names below `images` or `snapshots`. */
export async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") {
      return [];
    }
    throw error;
  }
}

/**
 * A new folder `STAMP.unfinished`, or the one that an interrupted run left. Others that were left are removed, unless `keepsOthers`.
 * Throws `BACKUP_UNWRITABLE`.
 */
export async function openUnfinished(
  folder: string,
  stamp: string,
  { keepsOthers = false }: { readonly keepsOthers?: boolean } = {},
): Promise<string> {
  return await onBackupDisk(folder, async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const other of await listFolder(folder)) {
      if (other.endsWith(UNFINISHED) && other !== `${stamp}${UNFINISHED}` && !keepsOthers) {
        await rm(join(folder, other), { recursive: true, force: true });
      }
    }
    const unfinished = join(folder, `${stamp}${UNFINISHED}`);
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    return unfinished;
  });
}

/** Gives the unfinished folder its name, for good. */
export async function finishFolder(folder: string, stamp: string): Promise<void> {
  await onBackupDisk(folder, async () => {
    await syncFolder(join(folder, `${stamp}${UNFINISHED}`));
    await rename(join(folder, `${stamp}${UNFINISHED}`), join(folder, stamp));
    await syncFolder(folder);
  });
}

/** Removes all but the newest whole ones; returns how many went. */
export async function pruneBackups(folder: string, keep: number): Promise<number> {
  const old = (await listStamps(folder)).slice(0, -keep);
  for (const stamp of old) {
    // half removed it must not pass for a backup
    const leaving = join(folder, `${stamp}${UNFINISHED}`);
    await rename(join(folder, stamp), leaving);
    await rm(leaving, { recursive: true, force: true });
  }
  return old.length;
}

/** Says of a failure of the disk that it is one. */
export async function onBackupDisk<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOfDisk = error instanceof ImageSourceError && error.code === "ARCHIVE_UNWRITABLE";
    if (isOfDisk || FULL_OR_GONE.includes(codeOf(error))) {
      throw new RegistryJobError("BACKUP_UNWRITABLE", `${folder}: ${messageOf(error)}`, { cause: error });
    }
    throw error;
  }
}

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
