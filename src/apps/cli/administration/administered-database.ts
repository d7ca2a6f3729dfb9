// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import type { Configuration } from "#configuration";
import type { AuditEntry, OpenDatabaseOptions } from "#database";
import type { CommandContext } from "../command.ts";

/**
 * How an administration command opens the server's database, all but the key. The embedded one refuses with
 * `DATABASE_IN_USE` while the server runs.
 */
export function administeredDatabase(
  configuration: Configuration,
  context: CommandContext,
): Omit<OpenDatabaseOptions, "secretKey"> & { readonly secretKeyFile: string } {
  function report(_values: unknown, message: string): void {
    context.stderr(`haechi: ${message}\n`);
  }
  return {
    ...configuration.database,
    dataDir: configuration.dataDir,
    secretKeyFile: configuration.secretKeyFile,
    clock: { now: context.now },
    // of what goes well the command itself tells
    log: { debug: () => undefined, info: () => undefined, warn: report, error: report },
    signal: context.signal,
  };
}

/** An entry of the audit log for what was done here: whoever can run the command, not an account, did it. */
export function auditEntry(action: string, target: string, context: CommandContext): AuditEntry {
  return { actor: "(command line)", action, target, requestId: `cli-${randomUUID()}`, at: context.now().toISOString() };
}
