// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { openDatabase, readSecretKey, restoreDatabase } from "#database";
import type { CommandContext, ExitCode, Invocation } from "../command.ts";
import { administeredDatabase, auditEntry } from "./administered-database.ts";

/** Fills an empty database with a backup that was written before a migration, and brings it up to date. */
export async function restore(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const folder = resolve(invocation.arguments[0] ?? "");
  const options = administeredDatabase(context.configuration(), context);
  const secretKey = await readSecretKey(options.secretKeyFile);
  await restoreDatabase(folder, { ...options, secretKey });
  // Opening it migrates what an older version wrote.
  await using database = await openDatabase({ ...options, secretKey });
  await database.audit.append(auditEntry("database-restored", folder, context));
  context.stdout(`${context.translate("cli.admin.restore.done", { folder })}\n`);
  return 0;
}
