// SPDX-License-Identifier: Apache-2.0
import { digestHex, digestOf } from "#base";
import { VERSION } from "#configuration";
import { explainFinding } from "#findings";
import {
  escapeJson,
  renderCycloneDx,
  renderExplanation,
  renderHtml,
  renderJunit,
  renderMarkdown,
  renderSarif,
  renderScanJson,
  renderScanTable,
  renderSpdx,
  type ScanOutcome,
} from "#report";
import type { CommandContext, Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";

/** Where names of documents of ours begin; nothing is there. */
const NAMESPACE = "https://haechi.dev";

/** What `--format` takes. */
export const FORMATS = [
  "table",
  "json",
  "sarif",
  "cyclonedx",
  "spdx-json",
  "openvex",
  "junit",
  "markdown",
  "html",
] as const;

/** The outcome as `--format` and `--explain` ask for it. */
export async function renderOutcome(
  outcome: ScanOutcome,
  invocation: Invocation,
  context: CommandContext,
): Promise<string> {
  const { translate, language } = context;
  const hasFile = invocation.text("output") !== undefined;
  const color = context.hasColor && !hasFile;
  const explained = invocation.text("explain");
  if (explained !== undefined) {
    const explanations = outcome.reports.map((report) => explainFinding(report, explained));
    return invocation.text("format") === "json"
      ? `${escapeJson(JSON.stringify(explanations.flat(), undefined, 2))}\n`
      : renderExplanation({ id: explained, outcome, explanations }, translate, { color });
  }
  const options = { toolVersion: VERSION };
  switch (invocation.text("format")) {
    case "json":
      return renderScanJson(outcome);
    case "sarif":
      return renderSarif(outcome, translate, options);
    case "cyclonedx":
      return renderCycloneDx(outcome, options);
    case "spdx-json":
      return renderSpdx(outcome, options);
    case "openvex":
      return await renderVex(outcome);
    case "junit":
      return renderJunit(outcome, translate);
    case "markdown":
      return renderMarkdown(outcome, translate);
    case "html":
      return renderHtml(outcome, translate, { ...options, language });
    default:
      return renderScanTable(outcome, translate, {
        color,
        ...(hasFile ? {} : { width: context.columns }),
      });
  }
}

/** Claims hold for one image; the date is that of the advisories that they follow from, so that a second run says the same. */
async function renderVex({ reports, reference }: ScanOutcome): Promise<string> {
  const [report] = reports;
  if (report === undefined || reports.length > 1) {
    throw new UsageError("OPTION_INVALID", "--format openvex is about one image: choose one with --platform");
  }
  const { renderOpenVex } = await import("#suppressions");
  const { digest, date } = report.database;
  const name = reference.replace(/^docker:\/\//, "").replace(/[:@].*$/s, "");
  const text = renderOpenVex(report, {
    author: `haechi ${VERSION}`,
    namespace: NAMESPACE,
    id: `${NAMESPACE}/vex/${digestHex(digestOf(`${report.image.digest} ${digest}`))}`,
    timestamp: date === "" ? "1970-01-01T00:00:00Z" : date,
    ...(reference.startsWith("docker://") ? { image: { name: name.split("/").at(-1) ?? name, repository: name } } : {}),
  });
  return escapeJson(text);
}
