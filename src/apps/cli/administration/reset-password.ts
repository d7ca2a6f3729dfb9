// SPDX-License-Identifier: Apache-2.0
import { DatabaseError, generateFirstPassword, hashPassword, openDatabase, readSecretKey } from "#database";
import type { CommandContext, ExitCode, Invocation } from "../command.ts";
import { administeredDatabase, auditEntry } from "./administered-database.ts";

/** Gives an account a random password, once on standard output; the console asks for another one at the next login. */
export async function resetPassword(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const [name = "admin"] = invocation.arguments;
  const options = administeredDatabase(context.configuration(), context);
  // Before anything is made: in the wrong folder there is no key.
  const secretKey = await readSecretKey(options.secretKeyFile);
  await using database = await openDatabase({ ...options, secretKey });
  const account = await database.accounts.findByName(name);
  if (account === undefined) {
    throw new DatabaseError("ACCOUNT_UNKNOWN", context.translate("cli.admin.accountUnknown", { name }));
  }
  const password = generateFirstPassword();
  await database.accounts.setPassword(account.id, await hashPassword(password), { mustChange: true });
  await database.audit.append(auditEntry("password-reset", account.name, context));
  context.stderr(`${context.translate("cli.admin.resetPassword.done", { name: account.name })}\n`);
  context.stdout(`${password}\n`);
  return 0;
}
