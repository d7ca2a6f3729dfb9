// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, mkdir, open, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf } from "#base";
import { DatabaseError } from "./errors.ts";
import { SECRET_KEY_BYTES } from "./secret-envelope.ts";
import { syncFolder } from "./sync-folder.ts";

const HEX_KEY = /^[0-9a-f]{64}\n?$/;

/**
 * The secret key in the file, 32 bytes written as 64 hexadecimal digits. A file that does not exist is made now, with a
 * random key, mode 0600, complete or not at all (two processes that start at once agree on one). Throws
 * `SECRET_KEY_FILE` when the file is malformed, no plain file, belongs to somebody else, or others may read it; a Secret
 * that Kubernetes mounted for our group is neither.
 */
export async function readOrCreateSecretKey(path: string): Promise<Uint8Array> {
  const existing = await readKey(path);
  if (existing !== undefined) {
    return existing;
  }
  // The embedded PostgreSQL may run under another account than root, and has to come through this folder.
  await mkdir(dirname(path), { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  await createKey(path);
  const created = await readKey(path);
  if (created === undefined) {
    throw refusedKeyFile(path, "it vanished while it was read");
  }
  return created;
}

/** The same for a file that must be there: what is missing is not made, `SECRET_KEY_FILE` says so. */
export async function readSecretKey(path: string): Promise<Uint8Array> {
  const key = await readKey(path);
  if (key === undefined) {
    throw refusedKeyFile(path, "it does not exist; is this the data folder of the server?");
  }
  return key;
}

async function readKey(path: string): Promise<Uint8Array | undefined> {
  const file = await open(path, constants.O_RDONLY).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return undefined;
    }
    throw refusedKeyFile(path, messageOf(error), error);
  });
  if (file === undefined) {
    return undefined;
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) {
      throw refusedKeyFile(path, "it is not a plain file");
    }
    const account = { uid: process.getuid?.(), groups: [process.getgid?.() ?? -1, ...(process.getgroups?.() ?? [])] };
    if ((stats.mode & 0o077) !== 0 && !isMountedForGroup(stats, account)) {
      throw refusedKeyFile(
        path,
        `other accounts may read it (mode ${(stats.mode & 0o777).toString(8)}); run: chmod 600 ${path}`,
      );
    }
    const isOwn = account.uid === undefined || account.uid === 0 || stats.uid === account.uid;
    if (!isOwn && !isMountedForGroup(stats, account)) {
      throw refusedKeyFile(path, `it belongs to another account (uid ${stats.uid})`);
    }
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SECRET_KEY_BYTES * 2 + 2));
    const text = buffer.toString("latin1", 0, bytesRead);
    if (!HEX_KEY.test(text)) {
      throw refusedKeyFile(path, "it does not hold 64 lower-case hexadecimal digits");
    }
    return new Uint8Array(Buffer.from(text.trim(), "hex"));
  } finally {
    await file.close();
  }
}

/**
 * Whether a file is as Kubernetes mounts a Secret for a Pod with `fsGroup`: root's, readable by a group of ours, and closed
 * to everybody else. Root could read the key anyway.
 */
export function isMountedForGroup(
  file: { readonly mode: number; readonly uid: number; readonly gid: number },
  account: { readonly uid: number | undefined; readonly groups: readonly number[] },
): boolean {
  return account.uid !== 0 && file.uid === 0 && (file.mode & 0o037) === 0 && account.groups.includes(file.gid);
}

/** `link` makes a complete file appear under its name, and fails when another process was first. */
async function createKey(path: string): Promise<void> {
  const temporary = `${path}.${randomBytes(8).toString("hex")}.tmp`;
  const file = await open(temporary, "wx", 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(`${randomBytes(SECRET_KEY_BYTES).toString("hex")}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw error;
    }
  } finally {
    await unlink(temporary);
  }
  await syncFolder(dirname(path));
}

/** Refused with what is wrong with the file. */
export function refusedKeyFile(file: string, reason: string, cause?: unknown): DatabaseError {
  return new DatabaseError("SECRET_KEY_FILE", `cannot use the secret key file ${file}: ${reason}`, {
    cause,
    details: { file, reason },
  });
}
