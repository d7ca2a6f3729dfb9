// SPDX-License-Identifier: Apache-2.0
// A stand-in for Haechi: starts the embedded database in the folder named, says so on stdout in a line of JSON, and
// stops it on SIGTERM or SIGINT (after a query, which shows that the server was not hit by the signal itself).
import pg from "pg";
import { startEmbeddedPostgres } from "#database";

const [dataDir = "", fallbackRoot = ""] = process.argv.slice(2);
const log = { debug() {}, info() {}, warn() {}, error() {} };
try {
  const server = await startEmbeddedPostgres({ dataDir, log, ...(fallbackRoot === "" ? {} : { fallbackRoot }) });
  const keepAlive = setInterval(() => undefined, 60_000);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, async () => {
      const client = new pg.Client({ connectionString: server.connectionString });
      await client.connect();
      await client.query("select 1");
      await client.end();
      await server[Symbol.asyncDispose]();
      clearInterval(keepAlive);
      say({ state: "stopped" });
    });
  }
  say({ state: "running", pid: server.pid, url: server.connectionString });
} catch (error) {
  say({ state: "failed", code: (error as { code?: string }).code, message: (error as Error).message });
}

function say(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
