// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";
import { access, readdir, readFile, rename } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import type { DatabaseLog } from "../database-log.ts";
import { DatabaseError } from "../errors.ts";
import { syncFolder } from "../sync-folder.ts";
import { FolderLock } from "./folder-lock.ts";
import { createFolder, writeFileOnce } from "./folders.ts";
import { stopStalePostmaster } from "./stale-postmaster.ts";

const ID_BYTES = 16;
const ID = /^[0-9a-f]{32}$/;

/** `<dataDir>/database/location`: where the database is, and the id that the folder there has, too. */
interface Location {
  readonly path: string;
  /** Absent in a file of an early version, which wrote the path only. */
  readonly id: string | undefined;
}

/**
 * The folder that `location` in `<dataDir>/database` names, if there is such a file and the folder belongs to this data
 * folder. A folder that was set aside because another data folder took the place of ours is found under its new name.
 */
export async function findFallbackFolder(home: string, log: DatabaseLog): Promise<string | undefined> {
  const location = await readLocation(home);
  if (location === undefined) {
    return undefined;
  }
  const { path, id } = location;
  const found = await readId(path);
  if (found === undefined && (await exists(path))) {
    await tie(home, path, id ?? createId());
    return path;
  }
  if (found !== undefined && found === id) {
    return path;
  }
  const moved = id === undefined ? undefined : await findById(dirname(path), id);
  if (moved !== undefined) {
    await tie(home, moved, id ?? "");
    log.warn({ folder: home, database: moved }, `the database of this data folder is now in ${moved}`);
    return moved;
  }
  // A folder that is gone may be a volume that is not mounted: who begins anew there would hide that.
  return found === undefined ? path : undefined;
}

/**
 * The folder of this data folder below `fallbackRoot`, made and tied to it by an id that is in both. A folder that is there
 * already belongs to a data folder that was removed: it is renamed, never deleted. Throws `DATABASE_IN_USE` when somebody
 * still uses it, or another process is choosing.
 */
export async function chooseFallbackFolder(options: {
  readonly dataDir: string;
  readonly fallbackRoot: string;
  readonly log: DatabaseLog;
}): Promise<string> {
  const { dataDir, fallbackRoot, log } = options;
  const home = join(dataDir, "database");
  const base = join(fallbackRoot, createHash("sha256").update(home).digest("hex").slice(0, 16));
  const choosing = await FolderLock.acquire(home);
  try {
    const chosen = await findFallbackFolder(home, log);
    if (chosen !== undefined) {
      return chosen;
    }
    if (await isAbandoned(base, dataDir)) {
      await setAside(base, home, log);
    }
    await createFolder(base);
    await tie(home, base, createId());
    return base;
  } finally {
    await choosing.release();
  }
}

/**
 * Whether what lies there belongs to a data folder that is gone. A folder without an id is of an early version: it belongs
 * to us if we have images already (the registry's folder is made after the database), since only `location` was lost then.
 */
async function isAbandoned(base: string, dataDir: string): Promise<boolean> {
  if (await exists(join(base, "id"))) {
    return true;
  }
  return (await exists(join(base, "cluster"))) && !(await exists(join(dataDir, "registry")));
}

async function setAside(base: string, home: string, log: DatabaseLog): Promise<void> {
  const lock = await FolderLock.acquire(base);
  const renamed = `${base}.abandoned-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
  try {
    await stopStalePostmaster(join(base, "cluster"), log);
    await rename(base, renamed);
    await syncFolder(dirname(base));
  } finally {
    await lock.release();
  }
  log.warn(
    { folder: home, abandoned: renamed },
    `${base} held the database of a data folder that is gone; it was renamed to ${renamed}, and a new database is made for ${home}. Remove ${renamed} when nobody needs it any more`,
  );
}

/** First `location`: when a start breaks off in between, the next one finds a folder without an id and ties it again. */
async function tie(home: string, base: string, id: string): Promise<void> {
  await writeFileOnce(join(home, "location"), `${base}\n${id}\n`);
  await writeFileOnce(join(base, "id"), `${id}\n`);
}

async function findById(root: string, id: string): Promise<string | undefined> {
  for (const name of await readdir(root).catch(() => [])) {
    if ((await readId(join(root, name))) === id) {
      return join(root, name);
    }
  }
  return undefined;
}

async function readLocation(home: string): Promise<Location | undefined> {
  const file = join(home, "location");
  const text = await readIfThere(file);
  if (text === undefined) {
    return undefined;
  }
  const [path = "", id = ""] = text.split("\n").map((line) => line.trim());
  if (!isAbsolute(path)) {
    throw new DatabaseError("DATABASE_START_FAILED", `${file} does not name a folder`, {
      details: { reason: `${file} does not name a folder` },
    });
  }
  return { path, id: ID.test(id) ? id : undefined };
}

async function readId(base: string): Promise<string | undefined> {
  return (await readIfThere(join(base, "id")))?.trim();
}

async function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") {
      return undefined;
    }
    throw error;
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function createId(): string {
  return randomBytes(ID_BYTES).toString("hex");
}
