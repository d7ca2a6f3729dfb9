// SPDX-License-Identifier: Apache-2.0
import { access } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "#base";
import type { Configuration } from "./configuration.ts";
import { ConfigurationError } from "./errors.ts";

/**
 * The advisory database to use: the one that is configured, else `advisories.sqlite` in the data folder, else the
 * bundled one, built into the data folder's cache by `ensureBundled`. Throws `CONFIGURATION_INVALID` when it cannot be
 * told whether something was imported: the few bundled advisories must not stand in for those without a word.
 */
export async function chooseAdvisoryFile(
  configuration: Pick<Configuration, "dataDir" | "advisories">,
  ensureBundled: (cacheDir: string) => Promise<string>,
): Promise<string> {
  if (configuration.advisories.file !== undefined) {
    return configuration.advisories.file;
  }
  const imported = join(configuration.dataDir, "advisories.sqlite");
  try {
    await access(imported);
    return imported;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw new ConfigurationError([`dataDir: cannot look for the advisory database: ${messageOf(error)}`]);
    }
    // nothing was imported yet: the bundled one serves the first five minutes
    return await ensureBundled(join(configuration.dataDir, "cache"));
  }
}
