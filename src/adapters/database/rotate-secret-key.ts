// SPDX-License-Identifier: Apache-2.0
import { access, chown, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf } from "#base";
import { DatabaseError } from "./errors.ts";
import { type OpenDatabaseOptions, openDatabase } from "./open-database.ts";
import { type RotationFiles, rotationFiles } from "./rotation-files.ts";
import { readOrCreateSecretKey, readSecretKey, refusedKeyFile } from "./secret-key-file.ts";
import type { Database } from "./stores.ts";
import { syncFolder } from "./sync-folder.ts";

export interface RotateSecretKeyOptions extends Omit<OpenDatabaseOptions, "secretKey" | "secretKeyFile"> {
  readonly secretKeyFile: string;
  /** Called once the secrets are encrypted with the new key, before it takes its place: at least once, for the audit log. */
  readonly onRotated: (database: Database) => Promise<void>;
}

/**
 * Encrypts every secret with a new key and puts the key in place of the old one. The new key is on disk (`<file>.new`)
 * before the one transaction that needs it, so at every moment one of the two files opens the database, and running
 * this again ends what a crash interrupted. Returns `finished` when only the renaming was left. Throws `DatabaseError`;
 * `SECRET_KEY_WRONG` when neither file opens the database.
 */
export async function rotateSecretKey(options: RotateSecretKeyOptions): Promise<"rotated" | "finished"> {
  const files = await rotationFiles(options.secretKeyFile);
  const current = await readSecretKey(files.file);
  const opened = await openWith(options, current);
  if (opened === undefined) {
    return finish(options, files);
  }
  {
    await using database = opened;
    const next = await prepareNext(files, current);
    await database.secrets.rotate(next);
    await options.onRotated(database);
  }
  await putInPlace(files);
  return "rotated";
}

/** The database, or nothing when this key does not open it. */
async function openWith(options: RotateSecretKeyOptions, secretKey: Uint8Array): Promise<Database | undefined> {
  try {
    return await openDatabase({ ...options, secretKey, secretKeyFile: undefined });
  } catch (error) {
    if (error instanceof DatabaseError && error.code === "SECRET_KEY_WRONG" && (await exists(options.secretKeyFile))) {
      return undefined;
    }
    throw error;
  }
}

async function exists(secretKeyFile: string): Promise<boolean> {
  const { newFile } = await rotationFiles(secretKeyFile);
  return access(newFile).then(
    () => true,
    () => false,
  );
}

/** The transaction was committed before the interruption: the new key already is the key. */
async function finish(options: RotateSecretKeyOptions, files: RotationFiles): Promise<"finished"> {
  const secretKey = await readSecretKey(files.newFile);
  {
    await using database = await openDatabase({ ...options, secretKey, secretKeyFile: undefined });
    await options.onRotated(database);
  }
  await putInPlace(files);
  return "finished";
}

/** The next key, safely on disk: one that an interrupted run left, else a new one. */
async function prepareNext({ file, newFile }: RotationFiles, current: Uint8Array): Promise<Uint8Array> {
  try {
    const next = await readOrCreateSecretKey(newFile);
    if (Buffer.from(next).equals(current)) {
      throw refusedKeyFile(newFile, `it holds the same key as ${file}; remove it`);
    }
    const owner = await stat(file);
    if (process.getuid?.() === 0) {
      // Root rotates for the account that runs the server, which must be able to read it.
      await chown(newFile, owner.uid, owner.gid);
    }
    // Also for a file that was found: whoever made it may have been killed before this.
    await syncFolder(dirname(newFile));
    return next;
  } catch (error) {
    throw error instanceof DatabaseError ? error : refusedKeyFile(newFile, messageOf(error), error);
  }
}

async function putInPlace({ file, newFile }: RotationFiles): Promise<void> {
  await rename(newFile, file);
  await syncFolder(dirname(file));
}
