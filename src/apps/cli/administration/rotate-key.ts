// SPDX-License-Identifier: Apache-2.0
import { rotateSecretKey } from "#database";
import type { CommandContext, ExitCode, Invocation } from "../command.ts";
import { administeredDatabase, auditEntry } from "./administered-database.ts";

/** Encrypts all secrets with a new key and puts it in place of the old one; finishes what an interrupted run began. */
export async function rotateKey(_invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const options = administeredDatabase(context.configuration(), context);
  const result = await rotateSecretKey({
    ...options,
    onRotated: (database) => database.audit.append(auditEntry("secret-key-rotated", "secret key", context)),
  });
  context.stdout(
    `${context.translate(result === "rotated" ? "cli.admin.rotateKey.done" : "cli.admin.rotateKey.finished", { file: options.secretKeyFile })}\n`,
  );
  context.stderr(`${context.translate("cli.admin.rotateKey.backups")}\n`);
  return 0;
}
