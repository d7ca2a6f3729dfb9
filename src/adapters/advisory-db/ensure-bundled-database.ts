// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "#base";
import { buildAdvisoryDatabase } from "./build-advisory-database.ts";
import { AdvisoryDatabaseError } from "./errors.ts";
import { openAdvisoryDatabase } from "./open-advisory-database.ts";
import { processMark } from "./process-mark.ts";
import { FORMAT_VERSION, IMPORTER_VERSION } from "./schema.ts";

/** The folder of the repository with the advisories that ship with the program. */
export const BUNDLED_ADVISORIES: string = fileURLToPath(new URL("../../../advisories/", import.meta.url));

/**
 * The path of the bundled database, built in the cache folder (under a second) when it is not there yet. Its name comes from
 * the content of the files, so that another version of the program makes its own; two processes at once both succeed. A
 * damaged one in the cache is built again.
 */
export async function ensureBundledDatabase(cacheDir: string, folder: string = BUNDLED_ADVISORIES): Promise<string> {
  const names = await bundledFiles(folder);
  const hash = createHash("sha256").update(`${FORMAT_VERSION} ${IMPORTER_VERSION}\n`);
  for (const name of names) {
    hash.update(`${name}\n`).update(await readFile(join(folder, name)));
  }
  const file = join(resolve(cacheDir), `bundled-advisories-${hash.digest("hex").slice(0, 32)}`);
  if (isUsable(file)) {
    return file;
  }
  const built = `${file}.${processMark()}`;
  try {
    await buildAdvisoryDatabase({
      sources: names.map((name) => join(folder, name)),
      output: built,
      isBundled: true,
    });
    await putInPlace(built, file);
  } finally {
    await rm(built, { recursive: true, force: true });
  }
  return file;
}

/** What the bundled database is built from, relative to its folder, sorted. */
export async function bundledFiles(folder: string = BUNDLED_ADVISORIES): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new AdvisoryDatabaseError("ADVISORY_SOURCE_MISSING", `the bundled advisories are missing from ${folder}`, {
      cause: error,
    });
  });
  return names.filter((name) => /\.jsonl?$/.test(name)).sort();
}

/** Another process may have been faster; what is there and cannot be opened is only a damaged cache. */
async function putInPlace(built: string, file: string): Promise<void> {
  for (let attempt = 0; attempt < 3 && !isUsable(file); attempt += 1) {
    await rm(file, { recursive: true, force: true });
    try {
      await rename(built, file);
    } catch (error) {
      if (!isUsable(file) && attempt === 2) {
        throw new AdvisoryDatabaseError("ADVISORY_DATABASE_UNWRITABLE", `cannot write ${file}: ${messageOf(error)}`, {
          cause: error,
        });
      }
    }
  }
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
