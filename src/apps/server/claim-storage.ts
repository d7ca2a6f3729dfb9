// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf } from "#base";
import { ServerError } from "./errors.ts";

const FILE = "installation";

/**
 * Notes in the folder of the blobs which database they belong to. Throws `STORAGE_OF_ANOTHER` where another one was first: its
 * collections would remove what ours knows, and ours what it knows.
 */
export async function claimStorage(folder: string, clusterId: string): Promise<void> {
  const path = join(folder, FILE);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeNote(path, clusterId);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // a disk that takes no writes serves what it has, and nothing is removed from it
    if (code !== "EROFS" && code !== "ENOSPC") {
      throw new ServerError("DATA_FOLDER_UNUSABLE", `cannot use the folder of the blobs: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
  const owner = await readNote(path);
  // none: a disk that takes no writes, and nobody was here while it did
  if (owner !== "" && owner !== clusterId) {
    throw new ServerError(
      "STORAGE_OF_ANOTHER",
      `the blobs in ${folder} belong to another database: check DATABASE_URL and the data folder. If that database is gone for good, remove ${path}`,
      { details: { folder, file: path } },
    );
  }
}

/** `link` makes a whole note appear under its name, and fails when another process was first. */
async function writeNote(path: string, clusterId: string): Promise<void> {
  if ((await readNote(path)) !== "") {
    return;
  }
  const temporary = `${path}.${randomBytes(8).toString("hex")}.tmp`;
  try {
    await writeFile(temporary, `${clusterId}\n`, { mode: 0o600, flag: "wx", flush: true });
    await link(temporary, path).catch(async () => {
      // one that is there and empty was left by an earlier version, which wrote it in place; or the disk knows no links
      if ((await readNote(path)) === "") {
        await rename(temporary, path);
      }
    });
  } finally {
    await rm(temporary, { force: true });
  }
  await using opened = await open(dirname(path), "r");
  await opened.sync();
}

async function readNote(path: string): Promise<string> {
  return (await readFile(path, "utf8").catch(() => "")).trim();
}
