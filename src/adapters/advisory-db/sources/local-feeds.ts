// SPDX-License-Identifier: Apache-2.0
import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isKnownEcosystem } from "#advisories";
import { messageOf } from "#base";
import type { EcosystemSelection } from "../ecosystem-selection.ts";
import { AdvisoryDatabaseError } from "../errors.ts";
import { readJsonFile } from "./read-json-lines.ts";
import { type ArchiveLimits, openArchive } from "./read-zip.ts";
import type { RecordFeed } from "./record-feed.ts";

const MAX_DEPTH = 8;

/**
 * The feeds of a file (`*.zip`, `*.json`, `*.jsonl`), of a folder laid out like the OSV bucket (`<ecosystem>/all.zip`), or of any
 * folder of such files, in the order of their paths. Links inside the folder are not followed. A selected ecosystem
 * whose archive is missing from a bucket is an error.
 */
export async function* localFeeds(
  location: string,
  selection: EcosystemSelection,
  limits: ArchiveLimits,
): AsyncGenerator<RecordFeed> {
  const files = await filesOf(location);
  const archives = new Map(files.flatMap((file) => archiveFamily(file, location)));
  const missing =
    archives.size === 0 ? undefined : selection.families.find((family) => ![...archives.values()].includes(family));
  if (missing !== undefined) {
    throw new AdvisoryDatabaseError("ADVISORY_SOURCE_EMPTY", `${location} has no ${missing}/all.zip`, {
      details: { ecosystem: missing },
    });
  }
  for (const file of files) {
    const family = archives.get(file);
    if (family !== undefined && selection.names.length > 0 && !selection.families.includes(family)) {
      continue;
    }
    if (file.endsWith(".zip")) {
      yield* archiveFeed(file, { label: file, ...(family === undefined ? {} : { family }), limits });
    } else {
      yield { label: file, isWhole: false, records: () => readJsonFile(file, limits) };
    }
  }
}

/** The one feed of an archive on disk; the archive is closed when the consumer goes on. */
export async function* archiveFeed(
  path: string,
  options: { readonly label: string; readonly family?: string; readonly limits: ArchiveLimits },
): AsyncGenerator<RecordFeed> {
  const archive = await openArchive(path, options.label, options.limits);
  try {
    yield {
      label: options.label,
      ...(options.family === undefined ? {} : { family: options.family }),
      isWhole: true,
      total: archive.entryCount,
      records: () => archive.records(),
    };
  } finally {
    await archive.close();
  }
}

function archiveFamily(file: string, location: string): [string, string][] {
  const family = basename(dirname(file));
  return file !== location && basename(file) === "all.zip" && isKnownEcosystem(family) ? [[file, family]] : [];
}

async function filesOf(location: string): Promise<readonly string[]> {
  try {
    return (await stat(location)).isDirectory() ? await walk(location, 0) : [location];
  } catch (error) {
    throw new AdvisoryDatabaseError("ADVISORY_SOURCE_MISSING", `cannot read ${location}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function walk(folder: string, depth: number): Promise<string[]> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < MAX_DEPTH) {
      files.push(...(await walk(path, depth + 1)));
    } else if (entry.isFile() && /\.(?:zip|jsonl?)$/.test(entry.name)) {
      files.push(path);
    }
  }
  return files;
}
