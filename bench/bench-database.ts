// SPDX-License-Identifier: Apache-2.0
import { rmSync } from "node:fs";
import { join } from "node:path";
import { startEmbeddedPostgres } from "#database";
import { createReachableFolder } from "../test/support/reachable-folder.ts";

/** A PostgreSQL that several servers of a bench share, with its durability. */
export interface BenchDatabase extends AsyncDisposable {
  readonly url: string;
}

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Starts the embedded one on a new folder. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const folder = createReachableFolder("haechi-bench-database-");
  const embedded = await startEmbeddedPostgres({ dataDir: join(folder, "data"), log: SILENT });
  return {
    url: embedded.connectionString,
    [Symbol.asyncDispose]: async () => {
      await embedded[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
