// SPDX-License-Identifier: Apache-2.0
import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** A file, folder or link of the image; paths are relative to its root, without a slash at either end. */
export type ImageEntry = {
  readonly path: string;
  /** Only the permission bits. */
  readonly mode: number;
  /** Default root. */
  readonly owner?: number;
} & (
  | { readonly type: "folder" }
  | { readonly type: "link"; readonly target: string }
  | { readonly type: "file"; readonly content: Uint8Array }
  | { readonly type: "file"; readonly source: string; readonly size: number }
);

/**
 * The entries of a folder on disk, below `path` in the image. Owners become root, and modes what can be told without
 * knowing who made the folder: executable or not. `wants` is asked for each path relative to the folder.
 */
export function readEntries(
  folder: string,
  path: string,
  wants: (relative: string) => boolean = () => true,
): readonly ImageEntry[] {
  const entries: ImageEntry[] = [];
  const pending = [""];
  for (let relative = pending.pop(); relative !== undefined; relative = pending.pop()) {
    for (const name of readdirSync(join(folder, relative)).toSorted()) {
      const at = relative === "" ? name : `${relative}/${name}`;
      if (wants(at)) {
        const entry = readEntry(join(folder, at), `${path}/${at}`);
        entries.push(entry);
        if (entry.type === "folder") {
          pending.push(at);
        }
      }
    }
  }
  return entries;
}

function readEntry(source: string, path: string): ImageEntry {
  const stats = lstatSync(source);
  if (stats.isSymbolicLink()) {
    return { path, mode: 0o777, type: "link", target: readlinkSync(source) };
  }
  if (stats.isDirectory()) {
    return { path, mode: 0o755, type: "folder" };
  }
  if (!stats.isFile()) {
    throw new Error(`neither file, folder nor link: ${source}`);
  }
  return { path, mode: (stats.mode & 0o111) === 0 ? 0o644 : 0o755, type: "file", source, size: stats.size };
}

/** The entries with every folder above them, each path once (the first one counts), in the order of their bytes. */
export function completeEntries(entries: readonly ImageEntry[]): readonly ImageEntry[] {
  const found = new Map<string, ImageEntry>();
  for (const entry of entries) {
    if (!found.has(entry.path)) {
      found.set(entry.path, entry);
    }
  }
  for (const path of [...found.keys()]) {
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const folder = path.slice(0, at);
      if (!found.has(folder)) {
        found.set(folder, { path: folder, mode: 0o755, type: "folder" });
      }
    }
  }
  return [...found.values()].toSorted((left, right) => Buffer.compare(Buffer.from(left.path), Buffer.from(right.path)));
}
