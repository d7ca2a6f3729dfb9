// SPDX-License-Identifier: Apache-2.0
import type { ScanReport } from "#findings";
import type { Language, MessageId, Translate } from "#messages";
import { renderPlatform } from "#oci";
import { findingNotes, findingTitle, placeText, suppressionText } from "../finding-text.ts";
import { type ListedFinding, listFindings } from "../listed-finding.ts";
import { compareReports } from "../order.ts";
import type { ScanOutcome } from "../scan-outcome.ts";
import { headerRows } from "../table/header-section.ts";
import { gapText, problemText, shownGaps } from "../table/incompleteness-section.ts";
import { nextStepSentences } from "../table/next-steps.ts";
import { reasonText } from "../table/verdict-section.ts";
import { escapeMarkup } from "../text/escape-markup.ts";
import { REPORT_STYLE } from "./report-style.ts";

/** Nothing is loaded and nothing runs, even if something got past the escaping. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * The outcome as one HTML page that needs nothing else: no script, no address that is loaded, and a policy that forbids both. What comes
 * from images and feeds is escaped. Equal outcomes give equal bytes.
 */
export function renderHtml(
  outcome: ScanOutcome,
  translate: Translate,
  options: { readonly language: Language; readonly toolVersion: string },
): string {
  const { reference, verdict } = outcome;
  const title = escapeMarkup(translate("report.title", { reference }));
  const body = [
    `<h1>${title}</h1>`,
    ...(verdict === undefined
      ? []
      : [
          `<p class="verdict ${verdict.outcome}">${escapeMarkup(translate(`scan.verdict.${verdict.outcome}`))}</p>`,
          list(verdict.reasons.map((reason) => reasonText(reason, translate))),
        ]),
    ...outcome.reports.toSorted(compareReports).flatMap((report) => reportSections(report, outcome, translate)),
    ...nextSteps(outcome, translate),
    `<footer>haechi ${escapeMarkup(options.toolVersion)}</footer>`,
  ];
  return `<!doctype html>
<html lang="${options.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
${body.filter((part) => part !== "").join("\n")}
</body>
</html>
`;
}

function reportSections(report: ScanReport, outcome: ScanOutcome, translate: Translate): readonly string[] {
  const listed = listFindings(report);
  const counted = listed.filter(({ suppression }) => suppression === undefined);
  const suppressed = listed.filter(({ suppression }) => suppression !== undefined);
  const kinds = ["vulnerability", "malware", "secret", "configuration", "license"] as const;
  return [
    ...(outcome.verdict === undefined
      ? []
      : [`<h2>${escapeMarkup(renderPlatform(report.image.platform))}</h2>`, header(report, translate)]),
    ...(counted.length === 0 ? [`<p>${escapeMarkup(translate("report.none"))}</p>`] : []),
    ...kinds.flatMap((kind) => {
      const found = counted.filter(({ finding }) => finding.kind === kind);
      const label = translate(`report.kind.${kind}`);
      const heading = translate("report.others.heading", { kind: label, count: found.length });
      return found.length === 0 ? [] : [`<h3>${escapeMarkup(heading)}</h3>`, findingTable(found, translate)];
    }),
    ...(suppressed.length === 0
      ? []
      : [
          `<h3>${escapeMarkup(translate("report.suppressed.heading", { count: suppressed.length }))}</h3>`,
          suppressedTable(suppressed, translate),
        ]),
    ...doubts(report, translate),
  ];
}

function header(report: ScanReport, translate: Translate): string {
  const rows = headerRows(report, translate).map(([label, value]) => {
    const cells = [label?.text ?? "", value?.text ?? ""].map(escapeMarkup);
    return `<tr><th scope="row">${cells[0] ?? ""}</th><td>${cells[1] ?? ""}</td></tr>`;
  });
  return `<table class="facts">\n${rows.join("\n")}\n</table>`;
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
  const rows = listed.map(({ finding, id, severity, packageText = "" }) => {
    const isVulnerability = finding.kind === "vulnerability";
    const fixed = isVulnerability ? finding.fixedVersions.join(", ") || translate("scan.fixed.none") : "";
    const texts = [
      isVulnerability && finding.state === "undecided" ? translate("scan.undecided") : "",
      findingTitle(finding, translate),
      ...(isVulnerability ? findingNotes(finding, translate) : [finding.excerpt ?? ""]),
    ].filter((text) => text !== "");
    const cells = [id, packageText, fixed].map((text) => `<td>${escapeMarkup(text)}</td>`).join("");
    const described = texts.map(escapeMarkup).join("<br>");
    const place = escapeMarkup(placeText(finding, translate));
    const level = escapeMarkup(translate(`scan.severity.${severity}`));
    return `<tr><td class="${severity}">${level}</td>${cells}<td>${described}</td><td>${place}</td></tr>`;
  });
  return table(
    columns.map((column) => translate(column)),
    rows,
  );
}

function suppressedTable(listed: readonly ListedFinding[], translate: Translate): string {
  const rows = listed.map(({ finding, id, packageText, suppression }) => {
    const why = suppression === undefined ? "" : suppressionText(suppression, translate);
    const cells = [id, packageText ?? placeText(finding, translate), why].map(
      (text) => `<td>${escapeMarkup(text)}</td>`,
    );
    return `<tr>${cells.join("")}</tr>`;
  });
  return table([translate("report.column.id"), translate("scan.label.package"), translate("report.column.why")], rows);
}

function doubts(report: ScanReport, translate: Translate): readonly string[] {
  const { problems } = report.inventory;
  const gaps = shownGaps(report);
  return [
    ...(gaps.length === 0
      ? []
      : [
          `<h3>${escapeMarkup(translate("scan.gaps.heading", { count: gaps.length }))}</h3>`,
          list(gaps.map((gap) => gapText(gap, translate))),
        ]),
    ...(problems.length === 0
      ? []
      : [
          `<h3>${escapeMarkup(translate("scan.problems.heading", { count: problems.length }))}</h3>`,
          list(problems.map((problem) => problemText(problem, translate))),
        ]),
  ];
}

function nextSteps(outcome: ScanOutcome, translate: Translate): readonly string[] {
  const sentences = nextStepSentences(outcome, translate);
  return sentences.length === 0 ? [] : [`<h2>${escapeMarkup(translate("scan.next.heading"))}</h2>`, list(sentences)];
}

function table(headings: readonly string[], rows: readonly string[]): string {
  const head = headings.map((text) => `<th scope="col">${escapeMarkup(text)}</th>`).join("");
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${rows.join("\n")}\n</tbody>\n</table>`;
}

function list(texts: readonly string[]): string {
  return texts.length === 0 ? "" : `<ul>\n${texts.map((text) => `<li>${escapeMarkup(text)}</li>`).join("\n")}\n</ul>`;
}
