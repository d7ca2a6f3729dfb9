// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { GATE_OPTIONS } from "../gate/gate-option-table.ts";

export const gateEngageCommand: Command = {
  name: "gate engage",
  summary: "cli.gate.engage.summary",
  arguments: [],
  options: [
    { name: "address", kind: "text", value: "ADDRESS", description: "cli.gate.engage.address" },
    { name: "ca-bundle", kind: "text", value: "FILE", description: "cli.gate.engage.caBundle" },
    { name: "timeout", kind: "text", value: "DURATION", default: "2m", description: "cli.gate.engage.timeout" },
    ...GATE_OPTIONS,
  ],
  examples: [
    "haechi gate engage",
    "haechi gate engage --address service:haechi-system/haechi-gate:443 --ca-bundle ca.pem",
  ],
  run: runEngage,
};

async function runEngage(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { engageGate } = await import("../gate/engage-gate.ts");
  return (await engageGate(invocation, context)) ? 0 : 2;
}
