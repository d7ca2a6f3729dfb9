// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createZstdDecompress } from "node:zlib";
import { type Clock, type Digest, messageOf, parseDigest } from "#base";
import type { DatabaseLog } from "./database-log.ts";
import { DatabaseError } from "./errors.ts";
import { writeRows } from "./migrations/backup.ts";
import { appliedMigrations } from "./migrations/migrate.ts";
import { createMaintenancePool } from "./pool.ts";

/** See `Database.dump`. */
export async function dumpDatabase(
  {
    connectionString,
    clock,
    log,
  }: { readonly connectionString: string; readonly clock: Clock; readonly log: DatabaseLog },
  folder: string,
): Promise<{ readonly schemaVersion: string; readonly createdAt: string }> {
  // its statements may take as long as they need, and a slow disk may let the transaction wait
  const db = createMaintenancePool(connectionString, log);
  try {
    await mkdir(folder, { mode: 0o700 });
    const schemaVersion = (await appliedMigrations(db)).at(-1) ?? "";
    const { createdAt } = await writeRows(db, folder, { schemaVersion, now: clock.now() });
    return { schemaVersion, createdAt };
  } catch (error) {
    throw new DatabaseError("BACKUP_FAILED", `the rows of the database were not written: ${messageOf(error)}`, {
      cause: error,
      details: { folder, reason: messageOf(error) },
    });
  } finally {
    await db.destroy();
  }
}

/** Content that the rows of a dump name, in no order, some of it several times. Throws `BACKUP_INVALID`. */
export async function* readDumpedContent(
  folder: string,
): AsyncGenerator<{ readonly digest: Digest; readonly sizeBytes: number }> {
  for (const table of ["blob_link", "manifest"]) {
    try {
      for await (const line of linesOf(join(folder, `${table}.jsonl.zst`))) {
        const row = JSON.parse(line) as { readonly digest?: unknown; readonly size_bytes?: unknown };
        const digest = typeof row.digest === "string" ? parseDigest(row.digest) : undefined;
        if (digest === undefined || typeof row.size_bytes !== "number") {
          throw new Error("a row has no digest or size");
        }
        yield { digest, sizeBytes: row.size_bytes };
      }
    } catch (error) {
      const reason = `${table}: ${messageOf(error)}`;
      throw new DatabaseError("BACKUP_INVALID", `cannot read ${folder}: ${reason}`, {
        cause: error,
        details: { folder, reason },
      });
    }
  }
}

function linesOf(path: string): AsyncIterable<string> {
  const source = createReadStream(path);
  const inflate = createZstdDecompress();
  source.on("error", (error) => inflate.destroy(error));
  return createInterface({ input: source.pipe(inflate) });
}
