// SPDX-License-Identifier: Apache-2.0
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { messageOf } from "#base";
import type { TrustStateStore } from "#signatures";
import { TrustSourceError } from "../errors.ts";

const FILE = "trust-state.sqlite";
/** As long as another process may hold the file before that is an error. */
const BUSY_MS = 10_000;

/**
 * Keeps what was seen of trust services in one SQLite file (mode 0600) of the folder, which is made when it is not there.
 * SQLite brings what is easily got wrong: compare and replace as one step among processes, locks that end with their
 * process, and durability. Throws `TRUST_STATE_UNAVAILABLE` when the folder or file cannot be used: going on without it
 * would take an older root for the first one.
 */
export function createFileTrustStateStore(folder: string): TrustStateStore {
  return {
    read: (key) =>
      withDatabase(folder, (database) => {
        const row = database.prepare("SELECT value FROM state WHERE key = ?").get(key);
        return row?.["value"] instanceof Uint8Array ? row["value"] : undefined;
      }),
    replace: (key, expected, next) =>
      withDatabase(folder, (database) => {
        const { changes } =
          expected === undefined
            ? database.prepare("INSERT INTO state VALUES (?, ?) ON CONFLICT DO NOTHING").run(key, next)
            : database.prepare("UPDATE state SET value = ? WHERE key = ? AND value = ?").run(next, key, expected);
        return Number(changes) === 1;
      }),
  };
}

async function withDatabase<T>(folder: string, action: (database: DatabaseSync) => T): Promise<T> {
  try {
    const { DatabaseSync } = await import("node:sqlite");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, FILE);
    // made by us first, for its mode; journals get the mode of the file
    closeSync(openSync(path, "a", 0o600));
    const database = new DatabaseSync(path);
    try {
      database.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA synchronous = FULL;
        CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT`);
      return action(database);
    } finally {
      database.close();
    }
  } catch (error) {
    throw new TrustSourceError(
      "TRUST_STATE_UNAVAILABLE",
      `cannot use the trust state in ${folder}: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}
