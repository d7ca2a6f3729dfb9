// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";
import { writeAnswer } from "../registry/write-answer.ts";

export const registryRunningCommand: Command = {
  name: "registry running",
  summary: "cli.registry.running.summary",
  arguments: [],
  options: [
    { name: "from", kind: "text", value: "WHERE", description: "cli.registry.running.from" },
    { name: "namespace", kind: "text", value: "NAMESPACE", description: "cli.registry.running.namespace" },
    ...FORMAT_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: ["haechi registry running --from public", "haechi registry running --from foreign --namespace shop"],
  run,
};

async function run(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { parseAnswer, withServer } = await import("../registry/server-client.ts");
  const { runningListAnswer } = await import("../registry/running-answers.ts");
  const { renderRunning } = await import("../registry/render-running.ts");
  const query = new URLSearchParams({ limit: "200" });
  for (const name of ["from", "namespace"]) {
    const value = invocation.text(name);
    if (value !== undefined) {
      query.set(name, value);
    }
  }
  const answer = await withServer(invocation, context, async (server) =>
    parseAnswer(server, runningListAnswer, await server.get(`/api/v1/running?${query.toString()}`)),
  );
  writeAnswer(invocation, context, { json: answer, render: () => renderRunning(answer, context.translate) });
  return 0;
}
