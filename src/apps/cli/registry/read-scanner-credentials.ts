// SPDX-License-Identifier: Apache-2.0
import type { CommandContext, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";

/** How the server signs in at a scanner of others. */
export type ScannerCredentials =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "bearer"; readonly token: string };

/**
 * What the options and variables of the scanner's credentials say: `null` to forget those that are kept, `undefined` to
 * leave them. An argument would be read by everybody on this machine, so there is none. Throws UsageError.
 */
export async function readScannerCredentials(
  invocation: Invocation,
  context: CommandContext,
): Promise<ScannerCredentials | null | undefined> {
  const username = invocation.text("scanner-username");
  const [isPasswordTyped, isTokenTyped, isAccountTyped] = [
    "scanner-password-stdin",
    "scanner-token-stdin",
    "password-stdin",
  ].map((name) => invocation.flag(name));
  if ([isPasswordTyped, isTokenTyped, isAccountTyped].filter(Boolean).length > 1) {
    throw new UsageError(
      "OPTION_INVALID",
      "standard input can hold one secret only: give the others in the environment",
    );
  }
  const password = isPasswordTyped ? await readSecret(context) : context.environment.scannerPassword;
  const token = isTokenTyped ? await readSecret(context) : context.environment.scannerToken;
  if (invocation.flag("no-credentials")) {
    assertNone([username, password, token], "--no-credentials and credentials contradict each other");
    return null;
  }
  if (token !== undefined) {
    assertNone([username, password], "expected a token or a username with its password, not both");
    return { kind: "bearer", token };
  }
  if (username === undefined && password === undefined) {
    return undefined;
  }
  if (username === undefined || password === undefined) {
    throw new UsageError(
      "OPTION_INVALID",
      "--scanner-username needs a password in HAECHI_SCANNER_PASSWORD or --scanner-password-stdin, and the other way round",
    );
  }
  return { kind: "basic", username, password };
}

async function readSecret(context: CommandContext): Promise<string> {
  const secret = (await context.readStdin()).replace(/\r?\n$/, "");
  if (secret === "") {
    throw new UsageError("OPTION_INVALID", "expected the secret of the scanner on standard input, found nothing");
  }
  return secret;
}

function assertNone(given: readonly (string | undefined)[], message: string): void {
  if (given.some((each) => each !== undefined)) {
    throw new UsageError("OPTION_INVALID", message);
  }
}
