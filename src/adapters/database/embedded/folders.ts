// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";
import { chmod, chown, lstat, mkdir, mkdtemp, open, readFile, realpath, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import type { DatabaseLog } from "../database-log.ts";
import { DatabaseError } from "../errors.ts";
import { canEnter, chooseSystemAccount, findSystemAccount, isRoot, type SystemAccount } from "./system-account.ts";

/** The longest path of a Unix socket: 103 bytes on macOS, 107 on Linux. */
const MAX_SOCKET_PATH_BYTES = 103;
const SOCKET_NAME = ".s.PGSQL.5432";
const TEMPORARY_SOCKET_FOLDER = "haechi-socket-";

/** Where an embedded database lives and who runs it. */
export interface Place {
  /** Ours: holds the lock, and the folders that belong to the account. */
  readonly base: string;
  /** PostgreSQL's data folder; belongs to the account, mode 0700. */
  readonly cluster: string;
  /** Absent when we are not root: then PostgreSQL runs as we do. */
  readonly account: SystemAccount | undefined;
}

export interface PlaceOptions {
  readonly dataDir: string;
  readonly systemUser?: string | undefined;
  /** Where the database goes when we are root and its account cannot enter the data folder. */
  readonly fallbackRoot: string;
  readonly log: DatabaseLog;
}

/**
 * `<dataDir>/database`, or a folder below `fallbackRoot` when we are root and the account that must run PostgreSQL cannot
 * enter the former (a clone in a home folder of mode 0700). The choice is written down in `<dataDir>/database/location`
 * and stays. An existing database keeps its account.
 */
export async function findPlace(options: PlaceOptions): Promise<Place> {
  await createFolder(options.dataDir);
  const home = join(await realpath(options.dataDir), "database");
  await createFolder(home);
  const base = (await readLocation(home)) ?? home;
  const cluster = join(base, "cluster");
  const owner = await ownerOf(cluster);
  if (owner === undefined) {
    return base === home ? placeNew(home, options) : usePlace({ base, cluster, account: await newAccount(options) });
  }
  return usePlace({ base, cluster, account: await accountOfExisting(cluster, owner, options) });
}

async function newAccount({ systemUser, log }: PlaceOptions): Promise<SystemAccount | undefined> {
  if (isRoot()) {
    return chooseSystemAccount(systemUser);
  }
  if (systemUser !== undefined) {
    log.warn({ systemUser }, "only root can run PostgreSQL under another account; it runs as this user");
  }
  return undefined;
}

async function accountOfExisting(
  cluster: string,
  owner: { readonly uid: number; readonly gid: number },
  { systemUser }: PlaceOptions,
): Promise<SystemAccount | undefined> {
  if (!isRoot()) {
    if (owner.uid !== process.getuid?.()) {
      throw otherOwner(cluster, owner.uid, `uid ${ownUid()}`);
    }
    return undefined;
  }
  const asked = systemUser === undefined ? undefined : await findSystemAccount(systemUser);
  if (owner.uid === 0 || (systemUser !== undefined && asked?.uid !== owner.uid)) {
    throw otherOwner(cluster, owner.uid, systemUser ?? "an unprivileged account");
  }
  return { ...owner, name: asked?.name ?? `uid ${owner.uid}` };
}

function otherOwner(folder: string, owner: number, account: string): DatabaseError {
  return new DatabaseError(
    "DATA_FOLDER_OWNER",
    `the database in ${folder} belongs to uid ${owner}, but PostgreSQL would run as ${account}: ` +
      "start Haechi as the user who made it, or change the owner of that folder and all in it",
    { details: { folder, owner, account } },
  );
}

/** Our user id as text; systems without any have no root either. */
export function ownUid(): string {
  return String(process.getuid?.() ?? "unknown");
}

async function usePlace(place: Place): Promise<Place> {
  if (!(await canEnter(place.account, place.base))) {
    throw unreachable(place.base, place.account, undefined);
  }
  return place;
}

async function placeNew(home: string, options: PlaceOptions): Promise<Place> {
  const account = await newAccount(options);
  if (await canEnter(account, home)) {
    return { base: home, cluster: join(home, "cluster"), account };
  }
  const { fallbackRoot, log } = options;
  const base = join(fallbackRoot, createHash("sha256").update(home).digest("hex").slice(0, 16));
  try {
    await createFolder(fallbackRoot);
    await createFolder(base);
  } catch (error) {
    throw unreachable(home, account, fallbackRoot, error);
  }
  if (!(await canEnter(account, base))) {
    throw unreachable(home, account, fallbackRoot);
  }
  await writeFileOnce(join(home, "location"), `${base}\n`);
  log.warn(
    { folder: home, account: account?.name, database: base },
    `the account ${account?.name ?? ownUid()}, which must run PostgreSQL because we are root, cannot enter ${home}; the database is in ${base}`,
  );
  return { base, cluster: join(base, "cluster"), account };
}

function unreachable(
  folder: string,
  account: SystemAccount | undefined,
  fallback: string | undefined,
  cause?: unknown,
): DatabaseError {
  const name = account?.name ?? "this user";
  const also = fallback === undefined ? "" : `, and ${fallback} cannot be used either`;
  return new DatabaseError(
    "DATA_FOLDER_UNREACHABLE",
    `the account ${name}, which runs PostgreSQL, cannot enter ${folder}${also}: choose a data folder that it can enter (HAECHI_DATA_DIR), ` +
      "start Haechi as a user other than root, or use an external database",
    { cause, details: { account: name, folder, fallback: fallback ?? "" } },
  );
}

async function readLocation(home: string): Promise<string | undefined> {
  const text = await readFile(join(home, "location"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  });
  const path = text?.trim();
  if (path !== undefined && !isAbsolute(path)) {
    throw unreachable(join(home, "location"), undefined, undefined);
  }
  return path;
}

async function ownerOf(path: string): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  const stats = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  });
  return stats === undefined ? undefined : { uid: stats.uid, gid: stats.gid };
}

/**
 * The folder with those above it that are missing; as root others may pass through (not list), because PostgreSQL runs
 * under another account. Folders that exist keep their mode.
 */
export async function createFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) {
    return;
  }
  for (let folder = path; folder.startsWith(first); folder = dirname(folder)) {
    await chmod(folder, isRoot() ? 0o711 : 0o700);
  }
}

/** A new, empty folder that only the account can enter. */
export async function createAccountFolder(path: string, account: SystemAccount | undefined): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { mode: 0o700 });
  await own(path, account);
}

/**
 * The folder of the Unix socket: who can enter it is who may connect. Beside the data, or, where that path is too long
 * for a socket, a new folder with a random name in the temporary folder.
 */
export async function createSocketFolder({ base, account }: Place): Promise<string> {
  const beside = join(base, "socket");
  if (isShortEnough(beside)) {
    await createAccountFolder(beside, account);
    return beside;
  }
  for (const parent of [tmpdir(), "/tmp"]) {
    if (isShortEnough(join(parent, `${TEMPORARY_SOCKET_FOLDER}123456`)) && (await canEnter(account, parent))) {
      const folder = await mkdtemp(join(parent, TEMPORARY_SOCKET_FOLDER));
      await own(folder, account);
      return folder;
    }
  }
  throw unreachable(beside, account, "/tmp");
}

/** Removes a socket folder that {@link createSocketFolder} made in the temporary folder, ours or one left by a process that was killed. */
export async function removeSocketFolder(folder: string): Promise<void> {
  if (basename(folder).startsWith(TEMPORARY_SOCKET_FOLDER) && [tmpdir(), "/tmp"].includes(dirname(folder))) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isShortEnough(folder: string): boolean {
  return Buffer.byteLength(join(folder, SOCKET_NAME)) <= MAX_SOCKET_PATH_BYTES;
}

async function own(path: string, account: SystemAccount | undefined): Promise<void> {
  await chmod(path, 0o700);
  if (account !== undefined) {
    await chown(path, account.uid, account.gid);
  }
}

/** Writes a small file whole; the exclusive temporary name keeps root from following a link that somebody left there. */
export async function writeFileOnce(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  const file = await open(temporary, "wx", 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
