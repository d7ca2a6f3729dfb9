// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseLog } from "#database";
import type { RegistrySettings } from "./registry-settings.ts";

/**
 * Keeps what is set in a file of the data folder, for `haechi scan` on the machine of the server: it judges an image of this
 * registry as the gate does. Mode 0600, gone when the server is.
 */
export async function keepLocalSettings(options: {
  readonly dataDir: string;
  /** By all of which somebody on this machine may write it. */
  readonly registryNames: readonly string[];
  readonly settings: Pick<RegistrySettings, "tree" | "subscribe">;
  readonly log: Pick<DatabaseLog, "warn">;
}): Promise<AsyncDisposable> {
  const { dataDir, registryNames, settings, log } = options;
  const folder = join(dataDir, "run");
  const path = join(folder, "registry-settings.json");
  async function write(): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const text = `${JSON.stringify({ registryNames, prefixes: settings.tree.prefixes })}\n`;
    // another process may share the folder, and says the same
    const whole = `${path}.${randomUUID()}`;
    await writeFile(whole, text, { mode: 0o600 });
    // at once, so that nobody reads half of it
    await rename(whole, path);
  }
  await write();
  let writing = Promise.resolve();
  const unsubscribe = settings.subscribe(() => {
    writing = writing.then(write).catch((error: unknown) => {
      log.warn({ err: error }, "haechi scan on this machine does not know the new settings of the registry");
    });
  });
  return {
    async [Symbol.asyncDispose]() {
      unsubscribe();
      await writing;
      await rm(path, { force: true });
    },
  };
}
