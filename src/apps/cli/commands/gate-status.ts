// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { GATE_OPTIONS } from "../gate/gate-option-table.ts";
import { FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { visibleLines } from "../visible-lines.ts";
import { writeOutput } from "../write-output.ts";

export const gateStatusCommand: Command = {
  name: "gate status",
  summary: "cli.gate.status.summary",
  arguments: [],
  options: [
    ...FORMAT_OPTIONS,
    { name: "system-namespace", kind: "text", value: "NAME", description: "cli.cluster.systemNamespace" },
    ...GATE_OPTIONS,
  ],
  examples: ["haechi gate status", "haechi gate status --format json"],
  exitCodes: "cli.gate.status.exitCodes",
  run: runStatus,
};

async function runStatus(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { openCluster, systemNamespaceOf } = await import("../policy/open-cluster.ts");
  const { readGateStatus } = await import("../gate/gate-status.ts");
  const { renderGateStatus } = await import("../gate/render-gate-status.ts");
  await using client = await openCluster(invocation, context);
  const status = await readGateStatus(client, {
    name: invocation.text("name") ?? context.configuration().admission.webhookName,
    systemNamespace: systemNamespaceOf(invocation, context),
    now: context.now(),
    signal: context.signal,
  });
  const text =
    invocation.text("format") === "json"
      ? `${JSON.stringify(status, undefined, 2)}\n`
      : visibleLines(renderGateStatus(status, { now: context.now(), translate: context.translate }));
  writeOutput(text, invocation.text("output"), context);
  const isReady = status.replicas.every(({ ready }) => ready > 0);
  return status.state === "engaged" && isReady ? 0 : 1;
}
