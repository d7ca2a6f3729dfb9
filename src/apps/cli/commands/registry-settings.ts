// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandArgument, CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";
import type { WrittenSettings } from "../registry/settings-answers.ts";
import { writeAnswer } from "../registry/write-answer.ts";
import { visibleLines } from "../visible-lines.ts";

const PREFIX: CommandArgument = {
  name: "PREFIX",
  isRequired: true,
  isRepeated: false,
  description: "cli.registry.settings.prefix",
};

export const registrySettingsListCommand: Command = {
  name: "registry settings list",
  summary: "cli.registry.settings.list.summary",
  arguments: [],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry settings list"],
  run: list,
};

export const registrySettingsGetCommand: Command = {
  name: "registry settings get",
  summary: "cli.registry.settings.get.summary",
  arguments: [{ ...PREFIX, name: "REPOSITORY" }],
  options: [...FORMAT_OPTIONS, ...SERVER_OPTIONS],
  examples: ["haechi registry settings get team/app"],
  run: get,
};

export const registrySettingsSetCommand: Command = {
  name: "registry settings set",
  summary: "cli.registry.settings.set.summary",
  arguments: [
    PREFIX,
    { name: "FIELD=VALUE", isRequired: true, isRepeated: true, description: "cli.registry.settings.fieldValue" },
  ],
  options: [
    { name: "reason", kind: "text", value: "TEXT", description: "cli.registry.settings.reason" },
    { name: "until", kind: "text", value: "TIME", description: "cli.registry.settings.until" },
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: [
    "haechi registry settings set team preventPullFrom=high onlyFixable=true",
    "haechi registry settings set team/app 'immutableTags=v*,!v0*' quotaBytes=10GiB",
    "haechi registry settings set '*' allowedVulnerabilities=CVE-2024-1234 --reason 'not reachable'",
  ],
  run: set,
};

export const registrySettingsUnsetCommand: Command = {
  name: "registry settings unset",
  summary: "cli.registry.settings.unset.summary",
  arguments: [
    PREFIX,
    { name: "FIELD", isRequired: false, isRepeated: true, description: "cli.registry.settings.field" },
  ],
  options: [
    { name: "all", kind: "flag", description: "cli.registry.settings.all" },
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: ["haechi registry settings unset team onlyFixable", "haechi registry settings unset team --all"],
  run: unset,
};

async function list(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { settingsListAnswer } = await import("../registry/settings-answers.ts");
  const answer = await withServer(invocation, context, async (server) =>
    parseAnswer(server, settingsListAnswer, await server.get("/api/v1/registry/settings")),
  );
  return await writeWritten(answer, invocation, context);
}

async function get(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { effectiveAnswer, parsePrefix } = await import("../registry/settings-answers.ts");
  const { renderEffective } = await import("../registry/render-settings.ts");
  const query = new URLSearchParams({ repository: parsePrefix(invocation.arguments[0]) });
  const answer = await withServer(invocation, context, async (server) =>
    parseAnswer(server, effectiveAnswer, await server.get(`/api/v1/registry/settings/effective?${query.toString()}`)),
  );
  writeAnswer(invocation, context, { json: answer, render: () => renderEffective(answer, context.translate) });
  return 0;
}

async function set(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseFields } = await import("../registry/settings-fields.ts");
  const why = { reason: invocation.text("reason"), until: invocation.text("until") };
  return await change(invocation, context, { set: parseFields(invocation.arguments.slice(1), why) });
}

async function unset(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parsePrefix } = await import("../registry/settings-answers.ts");
  const { parseFieldName } = await import("../registry/settings-fields.ts");
  const [prefix, ...fields] = invocation.arguments;
  if (invocation.flag("all") !== (fields.length === 0)) {
    throw new UsageError("ARGUMENT_INVALID", "expected the fields to take back, or --all");
  }
  if (fields.length > 0) {
    return await change(invocation, context, { unset: fields.map(parseFieldName) });
  }
  const { withServer } = await import("../registry/server-client.ts");
  const query = new URLSearchParams({ prefix: parsePrefix(prefix) });
  await withServer(invocation, context, (server) => server.delete(`/api/v1/registry/settings?${query.toString()}`));
  context.stdout(`${visibleLines(context.translate("registrySettings.removed", { prefix: prefix ?? "" }))}\n`);
  return 0;
}

async function change(
  invocation: Invocation,
  context: CommandContext,
  body: { readonly set: Readonly<Record<string, unknown>> } | { readonly unset: readonly string[] },
): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { parsePrefix, settingsListAnswer } = await import("../registry/settings-answers.ts");
  const prefix = parsePrefix(invocation.arguments[0]);
  const answer = await withServer(invocation, context, async (server) =>
    parseAnswer(server, settingsListAnswer, await server.post("/api/v1/registry/settings/change", { prefix, ...body })),
  );
  return await writeWritten(answer, invocation, context);
}

async function writeWritten(
  answer: { readonly prefixes: readonly WrittenSettings[] },
  invocation: Invocation,
  context: CommandContext,
): Promise<ExitCode> {
  const { renderWritten } = await import("../registry/render-settings.ts");
  writeAnswer(invocation, context, { json: answer, render: () => renderWritten(answer.prefixes, context.translate) });
  return 0;
}
