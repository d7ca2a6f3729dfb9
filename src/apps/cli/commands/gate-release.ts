// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { GATE_OPTIONS } from "../gate/gate-option-table.ts";

export const gateReleaseCommand: Command = {
  name: "gate release",
  summary: "cli.gate.release.summary",
  arguments: [],
  options: [{ name: "yes", short: "y", kind: "flag", description: "cli.gate.yes" }, ...GATE_OPTIONS],
  examples: ["haechi gate release", "haechi gate release --yes --context production"],
  run: runRelease,
};

async function runRelease(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { releaseGate } = await import("../gate/release-gate.ts");
  return (await releaseGate(invocation, context)) ? 0 : 2;
}
