// SPDX-License-Identifier: Apache-2.0
import { access } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "#base";
import type { Configuration } from "./configuration.ts";
import { ConfigurationError } from "./errors.ts";

/** What says where the advisory database is. */
export interface AdvisoryPlace extends Pick<Configuration, "dataDir"> {
  readonly advisories: Pick<Configuration["advisories"], "file">;
}

/**
 * The advisory database to use: the one that is configured, else `advisories` in the data folder, else the
 * bundled one, built into the data folder's cache by `ensureBundled`. Throws `CONFIGURATION_INVALID` when it cannot be
 * told whether something was imported: the few bundled advisories must not stand in for those without a word.
 */
export async function chooseAdvisoryFile(
  configuration: AdvisoryPlace,
  ensureBundled: (cacheDir: string) => Promise<string>,
): Promise<string> {
  if (configuration.advisories.file !== undefined) {
    return configuration.advisories.file;
  }
  const imported = advisoryFolder(configuration);
  if (await exists(join(imported, "index.json"))) {
    return imported;
  }
  const old = join(configuration.dataDir, "advisories.sqlite");
  // opening it says what to do; the bundled one must not stand in for it without a word
  return (await exists(old)) ? old : await ensureBundled(join(configuration.dataDir, "cache"));
}

/** Where imports and updates put the advisory database: the configured folder, else `advisories` in the data folder. */
export function advisoryFolder(configuration: AdvisoryPlace): string {
  return configuration.advisories.file ?? join(configuration.dataDir, "advisories");
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw new ConfigurationError([`dataDir: cannot look for the advisory database: ${messageOf(error)}`]);
    }
    return false;
  }
}
