// SPDX-License-Identifier: Apache-2.0
import { join, resolve } from "node:path";
import { openDatabase, readSecretKey, restoreDatabase } from "#database";
import type { CommandContext, ExitCode, Invocation } from "../command.ts";
import { administeredDatabase, auditEntry } from "./administered-database.ts";
import { isSnapshot, restoreBlobs } from "./restore-blobs.ts";

/**
 * Fills an empty database with a backup that was written before a migration, or an empty data folder with a snapshot of the registry,
 * and brings it up to date.
 */
export async function restore(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const folder = resolve(invocation.arguments[0] ?? "");
  const options = administeredDatabase(context.configuration(), context);
  const secretKey = await readSecretKey(options.secretKeyFile);
  const isWhole = await isSnapshot(folder);
  const rows = isWhole ? join(folder, "database") : folder;
  await restoreDatabase(rows, {
    ...options,
    secretKey,
    // the rows are there for good only when everything that they name is
    ...(isWhole ? { beforeCommit: () => restoreBlobs(folder, join(options.dataDir, "registry"), context) } : {}),
  });
  // Opening it migrates what an older version wrote.
  await using database = await openDatabase({ ...options, secretKey });
  await database.audit.append(auditEntry(isWhole ? "snapshot-restored" : "database-restored", folder, context));
  context.stdout(`${context.translate("cli.admin.restore.done", { folder })}\n`);
  return 0;
}
