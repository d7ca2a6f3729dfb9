// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandArgument, CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";

const KEY: CommandArgument = {
  name: "KEY",
  isRequired: true,
  isRepeated: false,
  description: "cli.registry.keys.key",
};

export const registryKeysListCommand: Command = {
  name: "registry keys list",
  summary: "cli.registry.keys.list.summary",
  arguments: [],
  options: [
    { name: "account", kind: "text", value: "NAME", description: "cli.registry.keys.account" },
    { name: "all", kind: "flag", description: "cli.registry.keys.all" },
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: ["haechi registry keys list", "haechi registry keys list --all --format json"],
  exitCodes: "cli.registry.keys.list.exitCodes",
  run: runList,
};

export const registryKeysCreateCommand: Command = {
  name: "registry keys create",
  summary: "cli.registry.keys.create.summary",
  arguments: [],
  options: [
    { name: "account", kind: "text", value: "NAME", description: "cli.registry.keys.robot" },
    { name: "description", kind: "text", value: "TEXT", description: "cli.registry.keys.description" },
    { name: "expires-in-days", kind: "text", value: "N", description: "cli.registry.keys.expires" },
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: [
    "haechi registry keys create --description laptop",
    "haechi registry keys create --account ci --expires-in-days 90",
  ],
  run: runCreate,
};

export const registryKeysRotateCommand: Command = {
  name: "registry keys rotate",
  summary: "cli.registry.keys.rotate.summary",
  arguments: [KEY],
  options: [
    { name: "overlap-hours", kind: "text", value: "N", default: "24", description: "cli.registry.keys.overlap" },
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: ["haechi registry keys rotate HAKABCDEFGHIJKLMNOPQRST --overlap-hours 1"],
  run: runRotate,
};

export const registryKeysDisableCommand: Command = stateCommand("disable", "disabled");
export const registryKeysEnableCommand: Command = stateCommand("enable", "active");

export const registryKeysRemoveCommand: Command = {
  name: "registry keys remove",
  summary: "cli.registry.keys.remove.summary",
  arguments: [KEY],
  options: SERVER_OPTIONS,
  examples: ["haechi registry keys remove HAKABCDEFGHIJKLMNOPQRST"],
  run: runRemove,
};

function stateCommand(verb: "disable" | "enable", state: "disabled" | "active"): Command {
  return {
    name: `registry keys ${verb}`,
    summary: `cli.registry.keys.${verb}.summary`,
    arguments: [KEY],
    options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
    examples: [`haechi registry keys ${verb} HAKABCDEFGHIJKLMNOPQRST`],
    run: (invocation, context) => setState(invocation, context, state),
  };
}

async function runList(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { fetchKeys } = await import("../registry/account-answers.ts");
  const { renderKeys } = await import("../registry/render-accounts.ts");
  const { writeAnswer } = await import("../registry/write-answer.ts");
  const of = { account: invocation.text("account"), isAll: invocation.flag("all") };
  const keys = await withServer(invocation, context, (server) => fetchKeys(server, of));
  writeAnswer(invocation, context, { json: keys, render: () => renderKeys(keys, context.translate) });
  return keys.some(({ isRotationDue }) => isRotationDue) ? 1 : 0;
}

async function runCreate(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const account = invocation.text("account");
  const days = invocation.text("expires-in-days");
  return await makeKey(invocation, context, () => ({
    path: "/api/v1/registry/keys",
    body: {
      ...(account === undefined ? {} : { account }),
      description: invocation.text("description") ?? "",
      ...(days === undefined ? {} : { expiresInDays: wholeNumber("expires-in-days", days) }),
    },
  }));
}

async function runRotate(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const overlapHours = wholeNumber("overlap-hours", invocation.text("overlap-hours") ?? "");
  return await makeKey(invocation, context, (id) => ({
    path: `/api/v1/registry/keys/${id}/rotate`,
    body: { overlapHours },
  }));
}

/** Makes a key, or the one that follows the key that was named, and writes the pair where nobody else reads it. */
async function makeKey(
  invocation: Invocation,
  context: CommandContext,
  ask: (id: string) => { readonly path: string; readonly body: object },
): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { fetchKey, keyWithSecret } = await import("../registry/account-answers.ts");
  const { writeAnswer } = await import("../registry/write-answer.ts");
  const [named] = invocation.arguments;
  const made = await withServer(invocation, context, async (server) => {
    const { path, body } = ask(named === undefined ? "" : (await fetchKey(server, named)).id);
    return parseAnswer(server, keyWithSecret, await server.post(path, body));
  });
  writeAnswer(invocation, context, {
    json: made,
    render: () => `HAECHI_ACCESS_KEY=${made.key.accessKey}\nHAECHI_SECRET_KEY=${made.secretKey}\n`,
  });
  context.stderr(`${context.translate("registryAccounts.secretOnce", { account: made.key.account })}\n`);
  const { expiresAt } = made.key;
  if (expiresAt !== undefined) {
    context.stderr(
      `${context.translate("registryAccounts.keyEnds", { day: expiresAt.slice(0, "2026-11-22".length) })}\n`,
    );
  }
  return 0;
}

async function setState(
  invocation: Invocation,
  context: CommandContext,
  state: "disabled" | "active",
): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { fetchKey } = await import("../registry/account-answers.ts");
  const { renderKeys } = await import("../registry/render-accounts.ts");
  const { writeAnswer } = await import("../registry/write-answer.ts");
  const key = await withServer(invocation, context, async (server) => {
    const found = await fetchKey(server, invocation.arguments[0] ?? "");
    await server.put(`/api/v1/registry/keys/${found.id}`, { state });
    return { ...found, state };
  });
  writeAnswer(invocation, context, { json: key, render: () => renderKeys([key], context.translate) });
  return 0;
}

async function runRemove(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { withServer } = await import("../registry/server-client.ts");
  const { fetchKey } = await import("../registry/account-answers.ts");
  const { accessKey } = await withServer(invocation, context, async (server) => {
    const key = await fetchKey(server, invocation.arguments[0] ?? "");
    await server.delete(`/api/v1/registry/keys/${key.id}`);
    return key;
  });
  context.stdout(`${context.translate("registryAccounts.keyRemoved", { key: accessKey })}\n`);
  return 0;
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,5}$/.test(text)) {
    throw new UsageError("OPTION_INVALID", `--${option} takes a whole number, found "${text.slice(0, 50)}"`);
  }
  return Number(text);
}
