// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { CodedError, messageOf } from "#base";
import { VERSION } from "#configuration";
import type { ScanReport } from "#findings";
import type { Verdict } from "#policy";
import { renderCycloneDx, renderScanJson, renderScanTable, type ScanOutcome } from "#report";
import type { Command, CommandContext, ExitCode, Invocation } from "../command.ts";
import { REGISTRY_OPTIONS } from "../registry-access.ts";
import { scanAndJudge } from "../scan-and-judge.ts";
import { SCAN_OPTIONS } from "../scan-option-table.ts";

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
      choices: ["table", "json", "cyclonedx"],
      default: "table",
      description: "cli.scan.format",
    },
    { name: "output", short: "o", kind: "text", value: "FILE", description: "cli.option.output" },
    ...SCAN_OPTIONS,
    ...REGISTRY_OPTIONS,
  ],
  examples: [
    "haechi scan docker://127.0.0.1:5000/team/app:1.0",
    "haechi scan oci:./layout --format json --output scan.json",
    "docker save app:1.0 -o app.tar && haechi scan docker-archive:app.tar --fail-on high",
  ],
  exitCodes: "cli.help.exitCodes",
  run: runScan,
};

async function runScan(invocation: Invocation, context: CommandContext): Promise<ExitCode> {
  const [location = ""] = invocation.arguments;
  const { outcome, isOneOfSeveral } = await scanAndJudge(location, invocation, context);
  if (isOneOfSeveral) {
    // the registry's and the cluster's gate judge every child that can run; say that this was only one of them
    context.stderr(`${context.translate("cli.scan.onePlatform")}\n`);
  }
  writeResult(outcome, invocation, context);
  return exitCodeOf(outcome.verdict, outcome.reports);
}

function writeResult(outcome: ScanOutcome, invocation: Invocation, context: CommandContext): void {
  const file = invocation.text("output");
  const text = renderOutcome(outcome, invocation.text("format"), {
    translate: context.translate,
    color: context.hasColor && file === undefined,
    width: context.columns,
  });
  if (file === undefined) {
    context.stdout(text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CodedError("OUTPUT_UNWRITABLE", `cannot write the result: ${messageOf(error)}`, { cause: error });
  }
  context.stderr(`${context.translate("cli.scan.written", { file })}\n`);
}

function renderOutcome(
  outcome: ScanOutcome,
  format: string | undefined,
  table: { readonly translate: CommandContext["translate"]; readonly color: boolean; readonly width: number },
): string {
  switch (format) {
    case "json":
      return renderScanJson(outcome);
    case "cyclonedx":
      return renderCycloneDx(outcome, { toolVersion: VERSION });
    default:
      return renderScanTable(outcome, table.translate, table);
  }
}

/** Modes `warn` and `audit` judge all the same but do not fail a build; a scan that missed something is never a plain 0. */
function exitCodeOf(verdict: Verdict, reports: readonly ScanReport[]): ExitCode {
  if (verdict.outcome === "deny" && verdict.mode === "enforce") {
    return 1;
  }
  const isComplete = reports.every((report) => report.inventory.status === "complete");
  return isComplete && verdict.outcome !== "undecided" ? 0 : 3;
}
