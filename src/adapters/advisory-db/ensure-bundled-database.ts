// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildAdvisoryDatabase } from "./build-advisory-database.ts";
import { AdvisoryDatabaseError } from "./errors.ts";
import { openAdvisoryDatabase } from "./open-advisory-database.ts";
import { FORMAT_VERSION, IMPORTER_VERSION } from "./schema.ts";

/** The folder of the repository with the advisories that ship with the program. */
export const BUNDLED_ADVISORIES: string = fileURLToPath(new URL("../../../advisories/", import.meta.url));

/**
 * The path of the bundled database, built in the cache folder (under a second) when it is not there yet. Its name comes from
 * the content of the files, so that another version of the program makes its own; two processes at once both succeed. A
 * damaged file in the cache is built again.
 */
export async function ensureBundledDatabase(cacheDir: string, folder: string = BUNDLED_ADVISORIES): Promise<string> {
  const names = (
    await readdir(folder).catch((error: unknown) => {
      throw new AdvisoryDatabaseError("ADVISORY_SOURCE_MISSING", `the bundled advisories are missing from ${folder}`, {
        cause: error,
      });
    })
  )
    .filter((name) => name.endsWith(".jsonl"))
    .sort();
  const hash = createHash("sha256").update(`${FORMAT_VERSION} ${IMPORTER_VERSION}\n`);
  for (const name of names) {
    hash.update(`${name}\n`).update(await readFile(join(folder, name)));
  }
  const file = join(resolve(cacheDir), `bundled-advisories-${hash.digest("hex").slice(0, 32)}.sqlite`);
  if (isUsable(file)) {
    return file;
  }
  try {
    await buildAdvisoryDatabase({
      sources: names.map((name) => join(folder, name)),
      output: file,
      isBundled: true,
    });
  } catch (error) {
    // another process that built the same file first did our work
    const isRace = error instanceof AdvisoryDatabaseError && error.code === "ADVISORY_DATABASE_CHANGED";
    if (!isRace || !isUsable(file)) {
      throw error;
    }
  }
  return file;
}

function isUsable(file: string): boolean {
  try {
    openAdvisoryDatabase(file)[Symbol.dispose]();
    return true;
  } catch {
    // missing or damaged: it is only a cache and is built again
    return false;
  }
}
