// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { ServerContext } from "../../context.ts";
import { backupFolder, listFolder, listStamps } from "./backup-folder.ts";
import { readBackupDescription } from "./backup-records.ts";
import { readSnapshotDescription } from "./snapshot-records.ts";

/** The newest backups of one name that are described. */
const MAX_LISTED = 200;
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

/** A backup that is in the folder. */
export interface ListedBackup {
  /** `NAME/STAMP`. */
  readonly name: string;
  readonly content: "images" | "everything";
  readonly createdAt: string;
  readonly format?: "docker" | "oci";
  /** Archives, or blobs of a snapshot. */
  readonly count: number;
  readonly bytes: number;
  /** Images or blobs that should be in it and are not; the first hundred. */
  readonly problems: readonly string[];
}

/** What is in the folder of the backups, by name, newest first. Throws `BACKUP_OFF`. */
export async function listBackups(context: Pick<ServerContext, "configuration">): Promise<readonly ListedBackup[]> {
  const backups: ListedBackup[] = [];
  for (const kind of ["images", "snapshots"] as const) {
    for (const name of (await listFolder(backupFolder(context, kind))).filter((each) => NAME.test(each)).toSorted()) {
      const folder = backupFolder(context, kind, name);
      for (const stamp of (await listStamps(folder)).toReversed().slice(0, MAX_LISTED)) {
        const path = join(folder, stamp);
        const listed = kind === "images" ? await describeImages(path) : await describeSnapshot(path);
        if (listed !== undefined) {
          backups.push({ ...listed, name: `${name}/${stamp}` });
        }
      }
    }
  }
  return backups;
}

async function describeImages(folder: string): Promise<Omit<ListedBackup, "name"> | undefined> {
  try {
    const { createdAt, archiveFormat, images, bytes, problems } = await readBackupDescription(folder);
    return { content: "images", createdAt, format: archiveFormat, count: images, bytes, problems };
  } catch {
    // somebody else's folder: it is no backup that could be restored
    return undefined;
  }
}

async function describeSnapshot(folder: string): Promise<Omit<ListedBackup, "name"> | undefined> {
  const description = await readSnapshotDescription(folder);
  if (description === undefined) {
    return undefined;
  }
  const { createdAt, blobs, bytes, lost } = description;
  return { content: "everything", createdAt, count: blobs, bytes, problems: lost };
}
