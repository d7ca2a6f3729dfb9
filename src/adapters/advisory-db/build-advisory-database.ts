// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { parseAdvisoryDocument } from "#advisories";
import { LIMITS } from "#base";
import { DatabaseImport } from "./database-import.ts";
import { EcosystemSelection } from "./ecosystem-selection.ts";
import { assertWritableTarget, FolderWriter } from "./folder-writer.ts";
import { type ImportOptions, type ImportResult, importSources } from "./import-advisories.ts";

/** What to build from. */
export interface BuildOptions extends Omit<ImportOptions, "sources" | "into"> {
  /** As in {@link ImportOptions}. */
  readonly sources?: readonly string[];
  /** Records at hand: JSON texts, bytes or objects. */
  readonly records?: Iterable<object | string | Uint8Array> | AsyncIterable<object | string | Uint8Array>;
  readonly output: string;
  /** Marks the database as the small one that ships with the program. */
  readonly isBundled?: boolean;
}

/** Builds a fresh database folder (`haechi db build`); a database at `output` is replaced at once when everything went well. */
export async function buildAdvisoryDatabase(options: BuildOptions): Promise<ImportResult> {
  const file = resolve(options.output);
  const selection = new EcosystemSelection(options.ecosystems ?? []);
  const isBundled = options.isBundled === true;
  assertWritableTarget(file);
  using folder = new FolderWriter(file);
  using work = new DatabaseImport(folder, selection, isBundled ? "bundled" : undefined);
  if (options.records !== undefined) {
    const records = options.records;
    await work.take({
      label: "records",
      source: "osv",
      isWhole: false,
      async *items() {
        for await (const record of records) {
          yield { origin: "record", parsed: parseAdvisoryDocument(record, options.limits ?? LIMITS) };
        }
      },
    });
  }
  await importSources(work, selection, {
    ...options,
    sources: options.sources ?? [],
    temporaryFolder: folder.workFolder,
  });
  options.onProgress?.({ step: "write", source: file, done: work.imported });
  const info = work.finish({ old: undefined, isBundled });
  return { file, info, ...work.outcome() };
}
