// SPDX-License-Identifier: Apache-2.0
import { rmSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "#database";
import { createReachableFolder } from "../test/support/reachable-folder.ts";

/** A PostgreSQL that several servers of a bench share, with its durability. */
export interface BenchDatabase extends AsyncDisposable {
  readonly url: string;
  /** Beside the servers, for what would take too long through them. */
  query(text: string, values?: readonly unknown[]): Promise<void>;
}

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Starts the embedded one on a new folder. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const folder = createReachableFolder("haechi-bench-database-");
  const embedded = await startEmbeddedPostgres({ dataDir: join(folder, "data"), log: SILENT });
  return {
    url: embedded.connectionString,
    async query(text, values = []) {
      const client = new pg.Client({ connectionString: embedded.connectionString });
      await client.connect();
      await client.query(text, [...values]);
      await client.end();
    },
    [Symbol.asyncDispose]: async () => {
      await embedded[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
