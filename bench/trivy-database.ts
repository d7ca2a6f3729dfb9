// SPDX-License-Identifier: Apache-2.0
import { cpSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runTool } from "../test/support/run-tool.ts";

const MODULE = fileURLToPath(new URL("trivy-database", import.meta.url));
const ADVISORIES = fileURLToPath(new URL("../advisories", import.meta.url));

/**
 * Makes a database that Trivy reads offline, of the same records as our bundled one: what it publishes cannot be fetched
 * here, and with other advisories the two would do other work. Needs Go. Returns its folder.
 */
export async function makeTrivyDatabase(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "haechi-bench-trivy-db-"));
  const records = ["debian-12.jsonl", "npm.jsonl"].map((name) => join(ADVISORIES, name));
  const made = await runTool("go", ["run", ".", folder, ...records], { cwd: MODULE });
  if (made.code !== 0) {
    throw new Error(`the database of Trivy could not be made: ${made.stderr.slice(-2_000)}`);
  }
  return folder;
}

/** Puts the database where Trivy looks for it, in an otherwise empty cache. */
export function installTrivyDatabase(database: string, cache: string): void {
  mkdirSync(cache, { recursive: true });
  cpSync(database, join(cache, "db"), { recursive: true });
}
