// SPDX-License-Identifier: Apache-2.0
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { LIMITS } from "#base";
import { DatabaseWriter } from "./database-writer.ts";
import { EcosystemSelection } from "./ecosystem-selection.ts";
import { type ImportOptions, type ImportResult, importSources } from "./import-advisories.ts";
import { RecordImport } from "./record-import.ts";

/** What to build from. */
export interface BuildOptions extends Pick<ImportOptions, "ecosystems" | "onProgress" | "signal" | "limits"> {
  /** Local files and folders, as in {@link ImportOptions}. */
  readonly sources?: readonly string[];
  /** OSV records at hand: JSON texts, bytes or objects. */
  readonly records?: Iterable<object | string | Uint8Array> | AsyncIterable<object | string | Uint8Array>;
  readonly output: string;
  /** Marks the database as the small one that ships with the program. */
  readonly isBundled?: boolean;
}

/** Builds a fresh database file (`haechi db build`); a file at `output` is replaced at once when everything went well. */
export async function buildAdvisoryDatabase(options: BuildOptions): Promise<ImportResult> {
  const file = resolve(options.output);
  const selection = new EcosystemSelection(options.ecosystems ?? []);
  await mkdir(dirname(file), { recursive: true });
  using writer = new DatabaseWriter(file);
  const work = new RecordImport(writer, selection, options.limits ?? LIMITS);
  if (options.records !== undefined) {
    const records = options.records;
    await work.take({
      label: "records",
      isWhole: false,
      async *records() {
        for await (const record of records) {
          const isText = typeof record === "string" || record instanceof Uint8Array;
          yield { origin: "record", json: isText ? record : JSON.stringify(record) };
        }
      },
    });
  }
  await importSources(work, selection, { ...options, sources: options.sources ?? [], into: file });
  options.onProgress?.({ step: "write", source: file, done: work.imported });
  const info = writer.finish({ isBundled: options.isBundled === true });
  return { file, info, ...work.outcome() };
}
