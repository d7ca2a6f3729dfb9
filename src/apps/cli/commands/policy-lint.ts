// SPDX-License-Identifier: Apache-2.0
import { parseDurationMs } from "#base";
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { CLUSTER_OPTIONS, FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { visibleLines } from "../visible-lines.ts";
import { writeOutput } from "../write-output.ts";

export const policyLintCommand: Command = {
  name: "policy lint",
  summary: "cli.policy.lint.summary",
  arguments: [{ name: "FILE", isRequired: false, isRepeated: true, description: "cli.policy.files" }],
  options: [
    { name: "strict", kind: "flag", description: "cli.policy.lint.strict" },
    {
      name: "expiring-within",
      kind: "text",
      value: "DURATION",
      default: "14d",
      description: "cli.policy.lint.expiring",
    },
    ...FORMAT_OPTIONS,
    ...CLUSTER_OPTIONS,
  ],
  examples: ["haechi policy lint policies/*.yaml", "haechi policy lint --cluster --strict"],
  exitCodes: "cli.policy.lint.exitCodes",
  run: runLint,
};

async function runLint(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const expiring = parseDurationMs(invocation.text("expiring-within") ?? "");
  if (expiring === undefined) {
    throw new UsageError("OPTION_INVALID", "--expiring-within takes a duration such as 14d");
  }
  const { loadPolicies } = await import("../policy/load-policies.ts");
  const { lintLoaded } = await import("../policy/lint-loaded.ts");
  const { renderLintTable } = await import("../policy/render-lint-table.ts");
  const loaded = await loadPolicies(invocation.arguments, invocation, context);
  const findings = lintLoaded(loaded, { now: context.now(), expiringWithinMs: expiring, translate: context.translate });
  const counts = {
    problems: findings.filter(({ level }) => level === "problem").length,
    doubts: findings.filter(({ level }) => level === "doubt").length,
  };
  const objects = loaded.documents.length + loaded.exceptions.length;
  const text =
    invocation.text("format") === "json"
      ? `${JSON.stringify({ source: loaded.source, objects, ...counts, findings }, undefined, 2)}\n`
      : visibleLines(renderLintTable(findings, { ...counts, objects, source: loaded.source }, context.translate));
  writeOutput(text, invocation.text("output"), context);
  return counts.problems > 0 || (invocation.flag("strict") && counts.doubts > 0) ? 1 : 0;
}
