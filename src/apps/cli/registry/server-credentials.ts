// SPDX-License-Identifier: Apache-2.0
import type { CommandContext, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";

/** An access key, which goes with each request, or an account that signs in and out. */
export type ServerCredentials =
  | { readonly kind: "key"; readonly accessKey: string; readonly secretKey: string }
  | { readonly kind: "account"; readonly name: string; readonly password: string };

const DEFAULT_ACCOUNT = "admin";

/**
 * What the command line was told: an account that is named on it comes before the access key of the environment. Throws
 * UsageError when there is neither.
 */
export async function readServerCredentials(
  invocation: Invocation,
  context: CommandContext,
): Promise<ServerCredentials> {
  const { accessKey, secretKey, serverPassword } = context.environment;
  const isAccountNamed = invocation.text("username") !== undefined || invocation.flag("password-stdin");
  if (!isAccountNamed && (accessKey !== undefined || secretKey !== undefined)) {
    if (accessKey === undefined || secretKey === undefined) {
      throw new UsageError("OPTION_INVALID", "HAECHI_ACCESS_KEY and HAECHI_SECRET_KEY need each other");
    }
    return { kind: "key", accessKey, secretKey };
  }
  const name = invocation.text("username") ?? DEFAULT_ACCOUNT;
  if (invocation.flag("password-stdin")) {
    return { kind: "account", name, password: (await context.readStdin()).replace(/\r?\n$/, "") };
  }
  if (serverPassword === undefined) {
    throw new UsageError(
      "OPTION_INVALID",
      "expected the password in HAECHI_PASSWORD or --password-stdin, or HAECHI_ACCESS_KEY and HAECHI_SECRET_KEY",
    );
  }
  return { kind: "account", name, password: serverPassword };
}
