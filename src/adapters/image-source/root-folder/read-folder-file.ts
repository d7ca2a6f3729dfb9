// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, realpathSync } from "node:fs";
import type { FolderEntry } from "./list-folder.ts";

/** A file of a folder that is open for reading. */
export interface OpenFolderFile extends Disposable {
  readonly size: number;
  /** The bytes from a place on; fewer when the file ends. */
  read(into: Uint8Array, at: number): number;
}

/**
 * Opens a file that was listed. Throws when it is another one by now, or no longer lies below `root` (a folder on the way
 * was replaced by a link meanwhile): nothing outside may be read. A pipe in its place does not make us wait.
 */
export function openFolderFile(root: string, entry: FolderEntry): OpenFolderFile {
  const path = `${root}/${entry.path}`;
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file, { bigint: true });
    if (!stats.isFile() || stats.dev !== entry.device || stats.ino !== entry.inode || pathOf(file, path) !== path) {
      throw new Error("it was replaced while it was read");
    }
    return {
      size: Number(stats.size),
      read: (into, at) => readSync(file, into, 0, into.length, at),
      [Symbol.dispose]: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Where the open file lies; elsewhere than on Linux, where something of its name lies. */
function pathOf(file: number, path: string): string {
  return process.platform === "linux" ? readlinkSync(`/proc/self/fd/${file}`) : realpathSync(path);
}
