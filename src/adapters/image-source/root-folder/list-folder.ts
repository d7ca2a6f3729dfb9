// SPDX-License-Identifier: Apache-2.0
import { type BigIntStats, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { DigestStream, LIMITS, type Limits, messageOf } from "#base";
import type { TarEntry, TarEntryKind, TarProblem } from "#oci";

/** An entry of a folder, and what tells whether it is still the same when it is opened. */
export interface FolderEntry extends TarEntry {
  readonly device: bigint;
  readonly inode: bigint;
}

/** All that lies below a folder. */
export interface FolderListing {
  /** A folder before what is in it, names by code units. */
  readonly entries: readonly FolderEntry[];
  readonly problems: readonly TarProblem[];
  /** Of all names, sizes, modes, owners, links and times of change: another digest when something was changed. */
  readonly digest: ReturnType<DigestStream["digest"]>;
  /** Of all files. */
  readonly totalBytes: number;
}

/** Mounted into every running system, and no part of what was installed. */
const PSEUDO_FOLDERS: ReadonlySet<string> = new Set(["dev", "proc", "sys"]);

/**
 * Lists what lies below a folder. Nothing is followed: a symbolic link is an entry. What cannot be listed is a problem.
 * Throws only when `signal` is aborted, or the errors of the file system about `root` itself.
 */
export async function listFolder(
  root: string,
  { limits = LIMITS, signal }: { readonly limits?: Limits; readonly signal?: AbortSignal | undefined },
): Promise<FolderListing> {
  const entries: FolderEntry[] = [];
  const problems: TarProblem[] = [];
  const hash = new DigestStream();
  const rootDevice = lstatSync(root === "" ? "/" : root, { bigint: true }).dev;
  let totalBytes = 0;
  // A stack instead of recursion: who makes the folder chooses how deep it is.
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal?.throwIfAborted();
    await nextTurn();
    const below: string[] = [];
    for (const name of namesIn(root, folder, problems)) {
      if (entries.length >= limits.maxTarEntries) {
        problems.push({ path: "", message: `folder has more than ${limits.maxTarEntries} entries`, isLimit: true });
        return { entries, problems, digest: hash.digest(), totalBytes };
      }
      const path = folder === "" ? name : `${folder}/${name}`;
      const seen = look(root, path, problems);
      if (seen === undefined) {
        continue;
      }
      const { entry, stats } = seen;
      entries.push(entry);
      hash.update(Buffer.from(describe(entry, stats)));
      totalBytes += entry.kind === "file" ? entry.size : 0;
      if (entry.kind === "folder" && (stats.dev === rootDevice || !PSEUDO_FOLDERS.has(path))) {
        below.push(path);
      }
    }
    folders.push(...below.toReversed());
  }
  return { entries, problems, digest: hash.digest(), totalBytes };
}

function namesIn(root: string, folder: string, problems: TarProblem[]): readonly string[] {
  try {
    return readdirSync(`${root}/${folder}`).toSorted(byCodeUnits);
  } catch (error) {
    problems.push(unreadable(folder, error));
    return [];
  }
}

function look(
  root: string,
  path: string,
  problems: TarProblem[],
): { readonly entry: FolderEntry; readonly stats: BigIntStats } | undefined {
  try {
    const stats = lstatSync(`${root}/${path}`, { bigint: true });
    const kind = kindOf(stats);
    const entry = {
      path,
      kind,
      size: kind === "file" ? Number(stats.size) : 0,
      offset: 0,
      link: kind === "symlink" ? readlinkSync(`${root}/${path}`) : "",
      mode: Number(stats.mode & 0o7777n),
      uid: Number(stats.uid),
      device: stats.dev,
      inode: stats.ino,
    };
    return { entry, stats };
  } catch (error) {
    problems.push(unreadable(path, error));
    return undefined;
  }
}

function kindOf(stats: BigIntStats): TarEntryKind {
  if (stats.isFile()) {
    return "file";
  }
  if (stats.isDirectory()) {
    return "folder";
  }
  if (stats.isSymbolicLink()) {
    return "symlink";
  }
  return stats.isFIFO() ? "fifo" : stats.isSocket() ? "other" : "device";
}

function describe({ path, kind, size, link, mode, uid }: FolderEntry, stats: BigIntStats): string {
  const changed = kind === "file" ? stats.mtimeNs : 0n;
  return `${kind} ${mode.toString(8)} ${uid} ${size} ${changed} ${path}\0${link}\0`;
}

/** The problem of an entry that is there and cannot be read. */
export function unreadable(path: string, error: unknown): TarProblem {
  const code = error instanceof Error && "code" in error ? String(error.code) : messageOf(error);
  return { path, message: `cannot be read: ${code}`, isLimit: false, isUnreadable: true };
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
