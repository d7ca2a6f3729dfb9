// SPDX-License-Identifier: Apache-2.0
import type { RegistryOptions } from "#image-source";
import type { CommandContext, CommandOption, Invocation } from "./command.ts";
import { UsageError } from "./errors.ts";
import { readLocalInspectToken } from "./local-inspect-token.ts";

/** Options of every command that talks to the registry of an image; read by `registryAccess`. */
export const REGISTRY_OPTIONS: readonly CommandOption[] = [
  { name: "plain-http", kind: "flag", description: "cli.scan.plainHttp" },
  { name: "ca-file", kind: "text", value: "FILE", description: "cli.scan.caFile" },
  { name: "username", short: "u", kind: "text", value: "NAME", description: "cli.scan.username" },
  { name: "password-stdin", kind: "flag", description: "cli.scan.passwordStdin" },
];

/** How the registry of an image is reached, by flags, environment and configuration. Throws `UsageError`. */
export async function registryAccess(
  location: string,
  invocation: Invocation,
  context: CommandContext,
): Promise<RegistryOptions> {
  const { environment } = context;
  const caFile = invocation.text("ca-file");
  const credentials = await explicitCredentials(invocation, context);
  const bearerToken =
    credentials === undefined ? localBearerToken(location, context.configuration().dataDir) : undefined;
  return {
    ...(invocation.flag("plain-http") ? { plainHttp: true } : {}),
    proxy: environment.proxy,
    allowPrivateAddresses: context.configuration().signatures.allowPrivateAddresses,
    credentialFiles: environment.credentialFiles,
    ...(caFile === undefined ? {} : { caFile }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(bearerToken === undefined ? {} : { bearerToken }),
  };
}

/** The token of a server on this machine, if the image is in its registry. */
function localBearerToken(
  location: string,
  dataDir: string,
): { readonly host: string; readonly token: string } | undefined {
  const local = readLocalInspectToken(dataDir);
  const host = /^docker:\/\/([^/]+)\//.exec(location)?.[1];
  return local !== undefined && host !== undefined && local.registries.includes(host)
    ? { host, token: local.token }
    : undefined;
}

async function explicitCredentials(
  invocation: Invocation,
  context: CommandContext,
): Promise<{ readonly username: string; readonly password: string } | undefined> {
  const username = invocation.text("username") ?? context.environment.registryUsername;
  if (invocation.flag("password-stdin")) {
    if (username === undefined) {
      throw new UsageError("OPTION_INVALID", "--password-stdin needs --username");
    }
    return { username, password: (await context.readStdin()).replace(/\r?\n$/, "") };
  }
  const password = context.environment.registryPassword;
  if (invocation.text("username") !== undefined && password === undefined) {
    throw new UsageError("OPTION_INVALID", "--username needs --password-stdin or HAECHI_REGISTRY_PASSWORD");
  }
  return username === undefined || password === undefined ? undefined : { username, password };
}
