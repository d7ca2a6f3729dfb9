// SPDX-License-Identifier: Apache-2.0
import type { ScanReport } from "#findings";
import type { Verdict } from "#policy";
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { REGISTRY_OPTIONS } from "../registry-access.ts";
import { assertNoDockerfileOptions, DOCKERFILE_OPTIONS } from "../scan/dockerfile-option-table.ts";
import { parseScanners } from "../scan/parse-scanners.ts";
import { readStatements } from "../scan/read-statements.ts";
import { FORMATS, renderOutcome } from "../scan/render-outcome.ts";
import { DOCKERFILE, scanDockerfile } from "../scan/scan-dockerfile.ts";
import { scanAndJudge } from "../scan-and-judge.ts";
import { SCAN_OPTIONS } from "../scan-option-table.ts";
import { writeOutput } from "../write-output.ts";

export const scanCommand: Command = {
  name: "scan",
  summary: "cli.scan.summary",
  arguments: [{ name: "IMAGE", isRequired: true, isRepeated: false, description: "cli.scan.image" }],
  options: [
    {
      name: "format",
      short: "f",
      kind: "text",
      value: "FORMAT",
      choices: FORMATS,
      default: "table",
      description: "cli.scan.format",
    },
    { name: "output", short: "o", kind: "text", value: "FILE", description: "cli.option.output" },
    { name: "explain", kind: "text", value: "ID", description: "cli.scan.explain" },
    { name: "scanners", kind: "text", value: "LIST", description: "cli.scan.scanners" },
    { name: "vex", kind: "list", value: "FILE|URL", description: "cli.scan.vex" },
    { name: "vex-key", kind: "list", value: "FILE", description: "cli.scan.vexKey" },
    { name: "ignore-file", kind: "text", value: "FILE", description: "cli.scan.ignoreFile" },
    ...DOCKERFILE_OPTIONS,
    ...SCAN_OPTIONS,
    ...REGISTRY_OPTIONS,
  ],
  examples: [
    "haechi scan docker://127.0.0.1:5000/team/app:1.0",
    "haechi scan oci:./layout --format json --output scan.json",
    "docker save app:1.0 -o app.tar && haechi scan docker-archive:app.tar --fail-on high",
    "haechi scan sbom:app.cdx.json --format sarif --output app.sarif",
    "haechi scan dockerfile:Dockerfile --allowed-registry registry.example.com --require-label version:semver",
    "haechi scan oci:./layout --explain CVE-2024-3094",
  ],
  exitCodes: "cli.help.exitCodes",
  run: runScan,
};

async function runScan(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const [location = ""] = invocation.arguments;
  const scanners = parseScanners(invocation.text("scanners"));
  const statements = await readStatements(invocation, context);
  if (location.startsWith(DOCKERFILE)) {
    return await scanDockerfile(location, statements, { invocation, context });
  }
  assertNoDockerfileOptions(invocation);
  const { outcome, isOneOfSeveral } = await scanAndJudge(location, invocation, context, {
    ...(scanners === undefined ? {} : { scanners }),
    statements,
  });
  if (isOneOfSeveral) {
    // the registry's and the cluster's gate judge every child that can run; say that this was only one of them
    context.stderr(`${context.translate("cli.scan.onePlatform")}\n`);
  }
  writeOutput(await renderOutcome(outcome, invocation, context), invocation.text("output"), context);
  return exitCodeOf(outcome.verdict, outcome.reports);
}

/** Modes `warn` and `audit` judge all the same but do not fail a build; a scan that missed something is never a plain 0. */
function exitCodeOf(verdict: Verdict, reports: readonly ScanReport[]): ExitCode {
  if (verdict.outcome === "deny" && verdict.mode === "enforce") {
    return 1;
  }
  const isComplete = reports.every((report) => report.inventory.status === "complete");
  return isComplete && verdict.outcome !== "undecided" ? 0 : 3;
}
