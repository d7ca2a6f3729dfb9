// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { AdvisoryDatabaseInfo, OsvSkip } from "#advisories";
import { LIMITS, type Limits } from "#base";
import { DatabaseWriter } from "./database-writer.ts";
import { EcosystemSelection } from "./ecosystem-selection.ts";
import { AdvisoryDatabaseError } from "./errors.ts";
import { openAdvisoryDatabase } from "./open-advisory-database.ts";
import { RecordImport } from "./record-import.ts";
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
  /** URLs or paths: an OSV bucket, a folder laid out like one, an archive, `*.json` or `*.jsonl` files, a folder of those. */
  readonly sources: readonly string[];
  /** `npm`, `Debian`, `Debian:12` …; all that the sources hold when absent (an HTTP bucket needs them). */
  readonly ecosystems?: readonly string[];
  /** The database file: created, or its named ecosystems replaced and the rest kept. */
  readonly into: string;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly limits?: Limits;
}

/** What an import did. */
export interface ImportResult {
  /** Absolute path of the database file. */
  readonly file: string;
  readonly info: AdvisoryDatabaseInfo;
  /** OSV records read, and advisories (one for each package) taken from them. */
  readonly records: number;
  readonly imported: number;
  /** Left out on purpose, by reason; `otherEcosystem`: not asked for. */
  readonly skipped: Readonly<Partial<Record<OsvSkip | "otherEcosystem", number>>>;
  /** The first problems, and how many there were: a broken record is left out and the rest is imported. */
  readonly problems: readonly { readonly origin: string; readonly message: string }[];
  readonly problemCount: number;
}

/**
 * Imports OSV data into a database file (`haechi db import`). An archive replaces what the file has of its ecosystems; single
 * records update those of the same id. The file is replaced at once at the end: until then, and after any error
 * ({@link AdvisoryDatabaseError}), the old one is in use unchanged. Memory does not grow with the size of the data.
 */
export async function importAdvisories(options: ImportOptions): Promise<ImportResult> {
  const file = resolve(options.into);
  const selection = new EcosystemSelection(options.ecosystems ?? []);
  const hasOld = existsSync(file);
  if (hasOld) {
    // refuse now, not after the download: an unreadable or newer file must not be overwritten
    openAdvisoryDatabase(file)[Symbol.dispose]();
  }
  await mkdir(dirname(file), { recursive: true });
  using writer = new DatabaseWriter(file);
  const work = new RecordImport(writer, selection, options.limits ?? LIMITS);
  await importSources(work, selection, { ...options, into: file });
  if (hasOld) {
    writer.carryOver(file, { replaced: work.replaced, updatedIds: work.updatedIds });
  }
  options.onProgress?.({ step: "write", source: file, done: work.imported });
  const info = writer.finish({ isBundled: false });
  return { file, info, ...work.outcome() };
}

/** Reads every source into the import; an import that gives nothing is refused. */
export async function importSources(
  work: RecordImport,
  selection: EcosystemSelection,
  options: ImportOptions,
): Promise<void> {
  for (const source of options.sources) {
    for await (const feed of feedsOf(source, selection, options)) {
      await work.take(feed, (done) => {
        if (options.signal?.aborted === true) {
          throw new AdvisoryDatabaseError(
            "ADVISORY_IMPORT_ABORTED",
            "the import was stopped; the database file is unchanged",
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
  options: ImportOptions,
): AsyncGenerator<RecordFeed> {
  const limits = options.limits ?? LIMITS;
  if (!/^https?:\/\//i.test(source)) {
    yield* localFeeds(source, selection, limits);
    return;
  }
  if (!URL.canParse(source)) {
    throw new AdvisoryDatabaseError("ADVISORY_SOURCE_MISSING", "the source is not a valid URL");
  }
  // The HTTP client costs time and memory that a look-up in the database can do without.
  const { remoteFeeds } = await import("./sources/remote-feeds.ts");
  yield* remoteFeeds(new URL(source), selection, {
    ...options,
    temporaryFolder: dirname(options.into),
    limits,
    onBytes: (label, done, total) => {
      options.onProgress?.({ step: "fetch", source: label, done, ...(total === undefined ? {} : { total }) });
    },
  });
}
