// SPDX-License-Identifier: Apache-2.0
import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isKnownEcosystem, parseAdvisoryDocument } from "#advisories";
import { messageOf } from "#base";
import type { EcosystemSelection } from "../ecosystem-selection.ts";
import { AdvisoryDatabaseError } from "../errors.ts";
import { openFileFeed, type ReadingOptions } from "./file-feed.ts";
import { isTarName, openTarFeed } from "./read-tar.ts";
import { openArchive } from "./read-zip.ts";
import type { RawRecord, RecordFeed } from "./record-feed.ts";

const MAX_DEPTH = 8;
/** What is taken from a folder, or told to be packed in a way that is not read; a file that is named is always looked into. */
const IMPORTABLE = /\.(?:zip|tar|tgz|tar\.(?:gz|zst|bz2|xz)|(?:jsonl?|xml|csv)(?:\.gz|\.zst|\.bz2|\.xz)?)$/;

/**
 * The feeds of a file, of a folder laid out like the OSV bucket (`<ecosystem>/all.zip`), or of any
 * folder of such files, in the order of their paths. Links inside the folder are not followed. A selected ecosystem
 * whose archive is missing from a bucket is an error.
 */
export async function* localFeeds(
  location: string,
  selection: EcosystemSelection,
  options: ReadingOptions,
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
      yield* archiveFeed(file, { ...options, label: file, ...(family === undefined ? {} : { family }) });
    } else {
      yield await (files.length === 1 ? plainFeed(file, { ...options, label: file }) : lenientFeed(file, options));
    }
  }
}

/** The one feed of an archive on disk; the archive is closed when the consumer goes on. */
export async function* archiveFeed(
  path: string,
  options: ReadingOptions & { readonly label: string; readonly family?: string },
): AsyncGenerator<RecordFeed> {
  const archive = await openArchive(path, options.label, options.limits);
  try {
    yield {
      label: options.label,
      ...(options.family === undefined ? {} : { family: options.family }),
      source: "osv",
      isWhole: true,
      total: archive.entryCount,
      items: async function* () {
        for await (const record of archive.records()) {
          yield "problem" in record ? record : toItem(record, options);
        }
      },
    };
  } finally {
    await archive.close();
  }
}

/** The feed of a file that is not a zip archive. */
export async function plainFeed(
  path: string,
  options: ReadingOptions & { readonly label: string },
): Promise<RecordFeed> {
  const file = { path, label: options.label };
  return isTarName(options.label) ? openTarFeed(file, options) : await openFileFeed(file, options);
}

/** In a folder, a file that is something else is a problem and no reason to refuse the rest. */
async function lenientFeed(file: string, options: ReadingOptions): Promise<RecordFeed> {
  try {
    return await plainFeed(file, { ...options, label: file });
  } catch (error) {
    if (!(error instanceof AdvisoryDatabaseError)) {
      throw error;
    }
    const problem = error.message;
    return {
      label: file,
      source: "osv",
      isWhole: false,
      items: async function* () {
        yield await Promise.resolve({ origin: file, problem });
      },
    };
  }
}

function toItem(
  record: Extract<RawRecord, { readonly json: unknown }>,
  { limits }: ReadingOptions,
): { readonly origin: string; readonly parsed: ReturnType<typeof parseAdvisoryDocument> } {
  return { origin: record.origin, parsed: parseAdvisoryDocument(record.json, limits) };
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
    } else if (entry.isFile() && IMPORTABLE.test(path)) {
      files.push(path);
    }
  }
  return files;
}
