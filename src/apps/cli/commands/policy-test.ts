// SPDX-License-Identifier: Apache-2.0
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { CLUSTER_OPTIONS, FORMAT_OPTIONS } from "../policy/policy-option-table.ts";
import { REGISTRY_OPTIONS } from "../registry-access.ts";
import { visibleLines } from "../visible-lines.ts";
import { writeOutput } from "../write-output.ts";

export const policyTestCommand: Command = {
  name: "policy test",
  summary: "cli.policy.test.summary",
  arguments: [{ name: "TESTFILE", isRequired: true, isRepeated: true, description: "cli.policy.test.files" }],
  options: [
    { name: "policy", kind: "list", value: "FILE", description: "cli.policy.test.policy" },
    { name: "junit", kind: "text", value: "FILE", description: "cli.policy.test.junit" },
    ...FORMAT_OPTIONS,
    ...CLUSTER_OPTIONS,
    { name: "db", kind: "text", value: "FOLDER", description: "cli.scan.db" },
    ...REGISTRY_OPTIONS,
  ],
  examples: [
    "haechi policy test policy-tests.yaml",
    "haechi policy test policy-tests.yaml --policy changed.yaml --junit junit.xml",
  ],
  exitCodes: "cli.policy.test.exitCodes",
  run: runTest,
};

async function runTest(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const { runTestFile } = await import("../policy/run-test-file.ts");
  const { renderTestJson, renderTestJunit, renderTestTable } = await import("../policy/render-test-results.ts");
  const files = [];
  for (const file of invocation.arguments) {
    files.push({ file, results: await runTestFile(file, invocation, context) });
  }
  const text =
    invocation.text("format") === "json"
      ? renderTestJson(files)
      : visibleLines(renderTestTable(files, context.translate));
  writeOutput(text, invocation.text("output"), context);
  const junit = invocation.text("junit");
  if (junit !== undefined) {
    writeOutput(renderTestJunit(files, context.translate), junit, context);
  }
  return files.every(({ results }) => results.every(({ failures }) => failures.length === 0)) ? 0 : 1;
}
