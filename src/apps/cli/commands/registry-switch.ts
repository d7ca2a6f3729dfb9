// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";
import { writeAnswer } from "../registry/write-answer.ts";

const OPTIONS = [...FORMAT_OPTIONS, ...SERVER_OPTIONS];

export const registryServiceOnCommand: Command = {
  name: "registry service on",
  summary: "cli.registry.service.on.summary",
  arguments: [],
  options: OPTIONS,
  examples: ["haechi registry service on"],
  run: (invocation, context) => ask(invocation, context, true),
};

export const registryServiceOffCommand: Command = {
  name: "registry service off",
  summary: "cli.registry.service.off.summary",
  arguments: [],
  options: OPTIONS,
  examples: ["haechi registry service off"],
  run: (invocation, context) => ask(invocation, context, false),
};

export const registryServiceStatusCommand: Command = {
  name: "registry service status",
  summary: "cli.registry.service.status.summary",
  arguments: [],
  options: OPTIONS,
  examples: ["haechi registry service status"],
  run: (invocation, context) => ask(invocation, context, undefined),
};

async function ask(invocation: Invocation, context: CommandContext, isOn: boolean | undefined): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { serviceAnswer } = await import("../registry/settings-answers.ts");
  const path = "/api/v1/registry/service";
  const answer = await withServer(invocation, context, async (server) =>
    parseAnswer(server, serviceAnswer, isOn === undefined ? await server.get(path) : await server.put(path, { isOn })),
  );
  const { updatedBy = "", updatedAt = "" } = answer;
  const state = context.translate(answer.isOn ? "registrySettings.service.on" : "registrySettings.service.off");
  const since =
    updatedBy === ""
      ? []
      : [context.translate("registrySettings.service.since", { account: updatedBy, at: updatedAt })];
  writeAnswer(invocation, context, { json: answer, render: () => `${[state, ...since].join("\n")}\n` });
  return 0;
}
