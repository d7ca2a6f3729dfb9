// SPDX-License-Identifier: Apache-2.0
import { messageOf } from "#base";
import type { Command, CommandArgument, CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";
import { writeAnswer } from "../registry/write-answer.ts";
import { visibleLines } from "../visible-lines.ts";

const PREFIX: CommandArgument = {
  name: "PREFIX",
  isRequired: true,
  isRepeated: false,
  description: "cli.registry.cache.prefix",
};
const NAME: CommandArgument = {
  name: "NAME",
  isRequired: true,
  isRepeated: false,
  description: "cli.registry.cache.name",
};
const LOGIN_REGISTRY: CommandArgument = { ...NAME, name: "REGISTRY", description: "cli.registry.cache.loginRegistry" };
/** The most that settings take. */
const MAX_FRESH_SECONDS = 7 * 24 * 3_600;

export const registryCacheListCommand: Command = {
  name: "registry cache list",
  summary: "cli.registry.cache.list.summary",
  arguments: [],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry cache list"],
  run: list,
};

export const registryCacheSetCommand: Command = {
  name: "registry cache set",
  summary: "cli.registry.cache.set.summary",
  arguments: [
    PREFIX,
    { name: "REGISTRY", isRequired: true, isRepeated: false, description: "cli.registry.cache.registry" },
  ],
  options: [
    { name: "repository-prefix", kind: "text", value: "NAME", description: "cli.registry.cache.repositoryPrefix" },
    { name: "credentials", kind: "text", value: "NAME", description: "cli.registry.import.credentials" },
    { name: "fresh", kind: "text", value: "DURATION", description: "cli.registry.cache.fresh" },
    { name: "source-plain-http", kind: "flag", description: "cli.registry.import.sourcePlainHttp" },
    ...SERVER_OPTIONS,
  ],
  examples: [
    "haechi registry cache set hub docker.io --credentials hub",
    "haechi registry cache set k8s registry.k8s.io --fresh 1h",
  ],
  run: set,
};

export const registryCacheUnsetCommand: Command = {
  name: "registry cache unset",
  summary: "cli.registry.cache.unset.summary",
  arguments: [PREFIX],
  options: SERVER_OPTIONS,
  examples: ["haechi registry cache unset hub"],
  run: unset,
};

export const registryCacheLoginCommand: Command = {
  name: "registry cache login",
  summary: "cli.registry.cache.login.summary",
  arguments: [NAME, LOGIN_REGISTRY],
  options: [
    { name: "registry-username", kind: "text", value: "NAME", description: "cli.registry.cache.registryUsername" },
    { name: "registry-password-file", kind: "text", value: "FILE", description: "cli.registry.cache.passwordFile" },
    { name: "registry-plain-http", kind: "flag", description: "cli.registry.cache.plainHttp" },
    ...SERVER_OPTIONS,
  ],
  examples: ["haechi registry cache login hub docker.io --registry-username kim --registry-password-file token.txt"],
  run: login,
};

export const registryCacheLogoutCommand: Command = {
  name: "registry cache logout",
  summary: "cli.registry.cache.logout.summary",
  arguments: [NAME],
  options: SERVER_OPTIONS,
  examples: ["haechi registry cache logout hub"],
  run: logout,
};

async function list(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { fetchCaches, renderCaches } = await import("../registry/cache-answers.ts");
  const caches = await withServer(invocation, context, fetchCaches);
  writeAnswer(invocation, context, { json: { caches }, render: () => renderCaches(caches, context.translate) });
  return 0;
}

async function set(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { upstreamSecret } = await import("../registry/upstream-secret.ts");
  const [prefix, registry] = invocation.arguments;
  const repositoryPrefix = invocation.text("repository-prefix");
  const proxyCache = {
    registry,
    ...(repositoryPrefix === undefined ? {} : { repositoryPrefix }),
    ...upstreamSecret(invocation.text("credentials")),
    ...(await freshSeconds(invocation.text("fresh"))),
    ...(invocation.flag("source-plain-http") ? { isPlainHttp: true } : {}),
  };
  await withServer(invocation, context, (server) =>
    server.post("/api/v1/registry/settings/change", { prefix, set: { proxyCache } }),
  );
  say(context, context.translate("registryTransfer.cache.set", { prefix: prefix ?? "", registry: registry ?? "" }));
  return 0;
}

async function unset(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const [prefix = ""] = invocation.arguments;
  await withServer(invocation, context, (server) =>
    server.post("/api/v1/registry/settings/change", { prefix, unset: ["proxyCache"] }),
  );
  say(context, context.translate("registryTransfer.cache.unset", { prefix }));
  return 0;
}

async function login(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { readFile } = await import("node:fs/promises");
  const { withServer } = await import("../registry/server-client.ts");
  const [name = "", registry = ""] = invocation.arguments;
  const username = invocation.text("registry-username");
  const file = invocation.text("registry-password-file");
  if (username === undefined || file === undefined) {
    throw new UsageError("OPTION_INVALID", "expected --registry-username and --registry-password-file");
  }
  const password = await readFile(file, "utf8").catch((error: unknown) => {
    throw new UsageError("OPTION_INVALID", `--registry-password-file: ${messageOf(error)}`);
  });
  await withServer(invocation, context, (server) =>
    server.put("/api/v1/registry/upstream-credentials", {
      name,
      registry,
      username,
      password: password.replace(/\r?\n$/, ""),
      ...(invocation.flag("registry-plain-http") ? { isPlainHttp: true } : {}),
    }),
  );
  say(context, context.translate("registryTransfer.cache.loggedIn", { name, registry }));
  return 0;
}

async function logout(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const [name = ""] = invocation.arguments;
  await withServer(invocation, context, (server) =>
    server.delete(`/api/v1/registry/upstream-credentials?name=${encodeURIComponent(name)}`),
  );
  say(context, context.translate("registryTransfer.cache.loggedOut", { name }));
  return 0;
}

async function freshSeconds(text: string | undefined): Promise<{ readonly freshSeconds?: number }> {
  if (text === undefined) {
    return {};
  }
  const { parseDurationMs } = await import("#base");
  const ms = parseDurationMs(text);
  if (ms === undefined || ms > MAX_FRESH_SECONDS * 1_000) {
    throw new UsageError("OPTION_INVALID", "--fresh takes a duration such as 10m, at most 7d");
  }
  return { freshSeconds: Math.floor(ms / 1_000) };
}

function say(context: CommandContext, text: string): void {
  context.stdout(`${visibleLines(text)}\n`);
}
