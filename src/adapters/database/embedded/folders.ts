// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, mkdtemp, open, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { DatabaseError } from "../errors.ts";
import { canEnter, isRoot, type SystemAccount } from "./system-account.ts";

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

/** Our user id as text; systems without any have no root either. */
export function ownUid(): string {
  return String(process.getuid?.() ?? "unknown");
}

/** `DATA_FOLDER_UNREACHABLE`: the account cannot enter the folder (nor the one to fall back to). */
export function unreachable(
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
