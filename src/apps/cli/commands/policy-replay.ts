// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { SERVER_OPTIONS } from "../registry/server-option-table.ts";
import { visibleLines } from "../visible-lines.ts";
import { writeOutput } from "../write-output.ts";

export const policyReplayCommand: Command = {
  name: "policy replay",
  summary: "cli.policy.replay.summary",
  arguments: [{ name: "FILE", isRequired: true, isRepeated: true, description: "cli.policy.files" }],
  options: [
    { name: "since", kind: "text", value: "DURATION", default: "30d", description: "cli.policy.replay.since" },
    { name: "only", kind: "flag", description: "cli.policy.replay.only" },
    ...SERVER_OPTIONS,
    ...FORMAT_OPTIONS,
  ],
  examples: [
    "haechi policy replay changed-policies.yaml --since 30d",
    "HAECHI_PASSWORD=… haechi policy replay changed.yaml --server https://haechi.example.com --username kim",
  ],
  exitCodes: "cli.policy.replay.exitCodes",
  run: runReplay,
};

async function runReplay(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { requestReplay } = await import("../policy/request-replay.ts");
  const { renderReplayTable } = await import("../policy/render-replay.ts");
  const replay = await requestReplay(invocation, context);
  const text =
    invocation.text("format") === "json"
      ? `${JSON.stringify(replay, undefined, 2)}\n`
      : visibleLines(renderReplayTable(replay, context.translate));
  writeOutput(text, invocation.text("output"), context);
  return replay.counts["newly-denied"] > 0 ? 1 : replay.counts["newly-undecided"] > 0 ? 3 : 0;
}
