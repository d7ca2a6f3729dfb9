// SPDX-License-Identifier: Apache-2.0
import type { CommandContext, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";

/** An access key, which goes with each request, or an account that signs in and out. */
export type ServerCredentials =
  | { readonly kind: "key"; readonly accessKey: string; readonly secretKey: string }
  | PasswordCredentials;

export interface PasswordCredentials {
  readonly kind: "account";
  readonly name: string;
  readonly password: string;
}

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

/**
 * An account with its password and the one that takes its place: the two lines of standard input, or HAECHI_PASSWORD and
 * HAECHI_NEW_PASSWORD. Never arguments, which every process of the machine can read. Throws UsageError.
 */
export async function readPasswordChange(
  invocation: Invocation,
  context: CommandContext,
): Promise<{ readonly credentials: PasswordCredentials; readonly newPassword: string }> {
  const { serverPassword, newServerPassword } = context.environment;
  const [password = "", newPassword = "", ...rest] = invocation.flag("password-stdin")
    ? (await context.readStdin()).replace(/\r?\n$/, "").split(/\r?\n/)
    : [serverPassword, newServerPassword];
  if (password === "" || newPassword === "" || rest.length > 0) {
    throw new UsageError(
      "OPTION_INVALID",
      "expected the passwords in HAECHI_PASSWORD and HAECHI_NEW_PASSWORD, or with --password-stdin the present one and the new one in a line each",
    );
  }
  return {
    credentials: { kind: "account", name: invocation.text("username") ?? DEFAULT_ACCOUNT, password },
    newPassword,
  };
}
