// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import type { AdvisoryDatabaseInfo, SourceFormat } from "#advisories";
import { LIMITS, type Limits } from "#base";
import { DatabaseImport, type ImportOutcome } from "./database-import.ts";
import { EcosystemSelection } from "./ecosystem-selection.ts";
import { AdvisoryDatabaseError } from "./errors.ts";
import { assertWritableTarget, FolderWriter } from "./folder-writer.ts";
import { type AdvisoryDatabase, openAdvisoryDatabase } from "./open-advisory-database.ts";
import { readIndexDocument } from "./read-index-document.ts";
import type { HttpOptions } from "./sources/fetch-archive.ts";
import { localFeeds } from "./sources/local-feeds.ts";
import type { RecordFeed } from "./sources/record-feed.ts";

/** Where an import stands. `total` is absent when it is not known. */
export interface ImportProgress {
  readonly step: "fetch" | "read" | "write";
  readonly source: string;
  readonly done: number;
  readonly total?: number;
}

/** What to import from where. */
export interface ImportOptions extends HttpOptions {
  /** URLs or paths: an OSV bucket, a folder laid out like one, an archive, files in a known form, a folder of those. */
  readonly sources: readonly string[];
  /** `npm`, `Debian`, `Debian:12` …; all that the sources hold when absent (an HTTP bucket needs them). */
  readonly ecosystems?: readonly string[];
  /** The form of the sources; told from the content when absent. */
  readonly format?: SourceFormat;
  /** For forms whose files do not say it: the ecosystem that they are about. */
  readonly ecosystem?: string;
  /** The database folder: created, or what the sources bring is replaced and the rest kept. */
  readonly into: string;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly limits?: Limits;
}

/** What an import did. */
export interface ImportResult extends ImportOutcome {
  /** Absolute path of the database folder. */
  readonly file: string;
  readonly info: AdvisoryDatabaseInfo;
}

/**
 * Imports data into a database folder (`haechi db import`). An archive replaces what the database has of its source and
 * ecosystems; single records update those of the same id. The new version is put in place at once at the end: until then,
 * and after any error ({@link AdvisoryDatabaseError}), the old one is in use unchanged. Memory does not grow with the size
 * of the data.
 */
export async function importAdvisories(options: ImportOptions): Promise<ImportResult> {
  const file = resolve(options.into);
  const selection = new EcosystemSelection(options.ecosystems ?? []);
  assertWritableTarget(file);
  const old = readIndexDocument(file);
  // refuse now, not after the download: an unreadable or newer database must not be overwritten
  const opened: AdvisoryDatabase | undefined = old === undefined ? undefined : openAdvisoryDatabase(file);
  opened?.[Symbol.dispose]();
  using folder = new FolderWriter(file);
  using work = new DatabaseImport(folder, selection);
  await importSources(work, selection, { ...options, temporaryFolder: folder.workFolder });
  options.onProgress?.({ step: "write", source: file, done: work.imported });
  const info = work.finish({ old, isBundled: false });
  return { file, info, ...work.outcome() };
}

/** Reads every source into the import; an import that gives nothing is refused. */
export async function importSources(
  work: DatabaseImport,
  selection: EcosystemSelection,
  options: Omit<ImportOptions, "into"> & { readonly temporaryFolder: string },
): Promise<void> {
  for (const source of options.sources) {
    for await (const feed of feedsOf(source, selection, options)) {
      await work.take(feed, (done) => {
        if (options.signal?.aborted === true) {
          throw new AdvisoryDatabaseError(
            "ADVISORY_IMPORT_ABORTED",
            "the import was stopped; the database in use is unchanged",
          );
        }
        options.onProgress?.({
          step: "read",
          source: feed.label,
          done,
          ...(feed.total === undefined ? {} : { total: feed.total }),
        });
      });
    }
  }
  work.assertNotEmpty();
}

async function* feedsOf(
  source: string,
  selection: EcosystemSelection,
  options: Parameters<typeof importSources>[2],
): AsyncGenerator<RecordFeed> {
  const limits = options.limits ?? LIMITS;
  const reading = {
    limits,
    ...(options.format === undefined ? {} : { format: options.format }),
    ...(options.ecosystem === undefined ? {} : { ecosystem: options.ecosystem }),
  };
  if (!/^https?:\/\//i.test(source)) {
    yield* localFeeds(source, selection, reading);
    return;
  }
  if (!URL.canParse(source)) {
    throw new AdvisoryDatabaseError("ADVISORY_SOURCE_MISSING", "the source is not a valid URL");
  }
  // The HTTP client costs time and memory that a look-up in the database can do without.
  const { remoteFeeds } = await import("./sources/remote-feeds.ts");
  yield* remoteFeeds(new URL(source), selection, {
    ...options,
    ...reading,
    onBytes: (label, done, total) => {
      options.onProgress?.({ step: "fetch", source: label, done, ...(total === undefined ? {} : { total }) });
    },
  });
}
