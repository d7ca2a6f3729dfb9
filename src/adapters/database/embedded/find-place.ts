// SPDX-License-Identifier: Apache-2.0
import { lstat, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseLog } from "../database-log.ts";
import { DatabaseError } from "../errors.ts";
import { chooseFallbackFolder, findFallbackFolder } from "./fallback-folder.ts";
import { createFolder, ownUid, type Place, unreachable } from "./folders.ts";
import { canEnter, chooseSystemAccount, findSystemAccount, isRoot, type SystemAccount } from "./system-account.ts";

export interface PlaceOptions {
  readonly dataDir: string;
  readonly systemUser?: string | undefined;
  /** Where the database goes when we are root and its account cannot enter the data folder. */
  readonly fallbackRoot: string;
  readonly log: DatabaseLog;
}

/**
 * `<dataDir>/database`, or a folder below `fallbackRoot` when we are root and the account that must run PostgreSQL cannot
 * enter the former (a clone in a home folder of mode 0700). That choice is written down in `<dataDir>/database/location`
 * and stays. An existing database keeps its account.
 */
export async function findPlace(options: PlaceOptions): Promise<Place> {
  await createFolder(options.dataDir);
  const dataDir = await realpath(options.dataDir);
  const home = join(dataDir, "database");
  await createFolder(home);
  const base = (await findFallbackFolder(home, options.log)) ?? home;
  const cluster = join(base, "cluster");
  const owner = await ownerOf(cluster);
  if (owner !== undefined) {
    return usePlace({ base, cluster, account: await accountOfExisting(cluster, owner, options) });
  }
  const account = await newAccount(options);
  if (base !== home || (await canEnter(account, home))) {
    return usePlace({ base, cluster, account });
  }
  return placeElsewhere(dataDir, account, options);
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

async function usePlace(place: Place): Promise<Place> {
  if (!(await canEnter(place.account, place.base))) {
    throw unreachable(place.base, place.account, undefined);
  }
  return place;
}

async function placeElsewhere(
  dataDir: string,
  account: SystemAccount | undefined,
  { fallbackRoot, log, ...options }: PlaceOptions,
): Promise<Place> {
  const home = join(dataDir, "database");
  let base: string;
  try {
    await createFolder(fallbackRoot);
    base = await chooseFallbackFolder({ dataDir, fallbackRoot, log });
  } catch (error) {
    throw error instanceof DatabaseError ? error : unreachable(home, account, fallbackRoot, error);
  }
  if (!(await canEnter(account, base))) {
    throw unreachable(home, account, fallbackRoot);
  }
  log.warn(
    { folder: home, account: account?.name, database: base },
    `the account ${account?.name ?? ownUid()}, which must run PostgreSQL because we are root, cannot enter ${home}; the database is in ${base}`,
  );
  const cluster = join(base, "cluster");
  const owner = await ownerOf(cluster);
  return owner === undefined
    ? { base, cluster, account }
    : usePlace({ base, cluster, account: await accountOfExisting(cluster, owner, { fallbackRoot, log, ...options }) });
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
