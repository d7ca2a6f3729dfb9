// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";

const STAMP = /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}-\d{3}Z$/;
const BACKUP_NAME = /^([a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?)\/(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}-\d{3}Z)$/;
/** File systems take 255 bytes; `.tar.part` has to fit as well. */
const MAX_FILE_NAME = 200;

/** What is under way. */
export const UNFINISHED = ".unfinished";

/** A time as the name of a folder; in the order of time. */
export function stampOf(time: Date): string {
  return time.toISOString().replaceAll(/[:.]/g, "-");
}

export function isStamp(text: string): boolean {
  return STAMP.test(text);
}

/** `NAME/STAMP`, as people name a backup; `undefined`: it is no such name, and leads nowhere. */
export function parseBackupName(text: string): { readonly name: string; readonly stamp: string } | undefined {
  const [, name, stamp] = BACKUP_NAME.exec(text) ?? [];
  return name === undefined || stamp === undefined ? undefined : { name, stamp };
}

/** A file for each tag: no two get the same one, and none leads out of the folder. */
export function archiveFileName(repository: string, tag: string): string {
  // a repository has neither + nor @
  const name = `${repository.replaceAll("/", "+")}@${tag}`;
  return name.length > MAX_FILE_NAME
    ? `${createHash("sha256").update(`${repository}:${tag}`).digest("hex")}.tar`
    : `${name}.tar`;
}
