// SPDX-License-Identifier: Apache-2.0
import type { ScanReport } from "#findings";
import { type MessageId, type Translate, visibleText } from "#messages";
import { renderPlatform } from "#oci";
import { findingNotes, findingTitle, placeText, suppressionText } from "../finding-text.ts";
import { type ListedFinding, listFindings } from "../listed-finding.ts";
import { compareReports } from "../order.ts";
import type { ScanOutcome } from "../scan-outcome.ts";
import { gapText, problemText, shownGaps } from "../table/incompleteness-section.ts";
import { nextStepSentences } from "../table/next-steps.ts";
import { reasonText } from "../table/verdict-section.ts";

/** A comment on a change has room for some 65,000 characters; the JSON report has all. */
const MAX_FINDINGS = 200;
const MAX_CELL = 300;

/**
 * The outcome as Markdown (GitHub Flavored), for comments on changes and job summaries. What comes from images and feeds is escaped:
 * it makes no link, image, mention, table cell or HTML. Equal outcomes give equal bytes.
 */
export function renderMarkdown(outcome: ScanOutcome, translate: Translate): string {
  const { reference, verdict } = outcome;
  const sections = [
    `# ${translate("report.title", { reference: plain(reference) })}`,
    ...(verdict === undefined
      ? []
      : [
          `**${translate(`scan.verdict.${verdict.outcome}`)}**`,
          list(verdict.reasons.map((reason) => reasonText(reason, translate))),
        ]),
    ...outcome.reports.toSorted(compareReports).flatMap((report) => reportSections(report, outcome, translate)),
    list(nextStepSentences(outcome, translate)),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function reportSections(report: ScanReport, outcome: ScanOutcome, translate: Translate): readonly string[] {
  const listed = listFindings(report);
  const counted = listed.filter(({ suppression }) => suppression === undefined);
  const suppressed = listed.filter(({ suppression }) => suppression !== undefined);
  return [
    ...(outcome.verdict === undefined
      ? []
      : [`## ${plain(renderPlatform(report.image.platform))}`, `\`${report.image.digest}\``]),
    counted.length === 0 ? translate("report.none") : findingTable(counted, translate),
    ...more(counted, translate),
    ...(suppressed.length === 0
      ? []
      : [
          `### ${translate("report.suppressed.heading", { count: suppressed.length })}`,
          suppressedTable(suppressed, translate),
          ...more(suppressed, translate),
        ]),
    list(shownGaps(report).map((gap) => gapText(gap, translate))),
    list(report.inventory.problems.slice(0, MAX_FINDINGS).map((problem) => problemText(problem, translate))),
  ];
}

function more(listed: readonly ListedFinding[], translate: Translate): readonly string[] {
  const left = listed.length - MAX_FINDINGS;
  return left > 0 ? [translate("report.others.more", { count: left })] : [];
}

function findingTable(listed: readonly ListedFinding[], translate: Translate): string {
  const columns: readonly MessageId[] = [
    "report.column.severity",
    "report.column.id",
    "scan.label.package",
    "scan.label.fixed",
    "report.column.title",
    "report.column.where",
  ];
  return table(
    columns.map((column) => translate(column)),
    listed
      .slice(0, MAX_FINDINGS)
      .map(({ finding, id, severity, packageText = "" }) => [
        translate(`scan.severity.${severity}`),
        id,
        packageText,
        finding.kind === "vulnerability" ? finding.fixedVersions.join(", ") || translate("scan.fixed.none") : "",
        [
          finding.kind === "vulnerability" && finding.state === "undecided" ? translate("scan.undecided") : "",
          findingTitle(finding, translate),
          ...(finding.kind === "vulnerability" ? findingNotes(finding, translate) : []),
        ]
          .filter((text) => text !== "")
          .join("; "),
        placeText(finding, translate),
      ]),
  );
}

function suppressedTable(listed: readonly ListedFinding[], translate: Translate): string {
  return table(
    [translate("report.column.id"), translate("scan.label.package"), translate("report.column.why")],
    listed
      .slice(0, MAX_FINDINGS)
      .map(({ finding, id, packageText, suppression }) => [
        id,
        packageText ?? placeText(finding, translate),
        suppression === undefined ? "" : suppressionText(suppression, translate),
      ]),
  );
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return [headings, headings.map(() => "---"), ...rows.map((row) => row.map(plain))]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function list(texts: readonly string[]): string {
  return texts.map((text) => `- ${plain(text)}`).join("\n");
}

/** Text that Markdown shows as it is; `@` and `#` would notify people and link issues. */
function plain(text: string): string {
  const visible = visibleText(text.trim());
  const cut = visible.length > MAX_CELL ? `${visible.slice(0, MAX_CELL)}…` : visible;
  return cut
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_{}[\]()#+!|~]/g, "\\$&")
    .replaceAll("@", "&#64;")
    .replaceAll("://", ":&#47;/")
    .replaceAll("www.", "www&#46;");
}
