// SPDX-License-Identifier: Apache-2.0
import type { Finding, ObservationFinding, ScanReport, SuppressedFinding } from "#findings";
import { type Translate, visibleText } from "#messages";
import { findingTitle, observationTitle, placeText, suppressionText } from "../finding-text.ts";
import { layOutColumns } from "../text/columns.ts";
import { fitStart, wrapWords } from "../text/display-width.ts";
import { indented, type Line, lineOf } from "../text/line.ts";
import { SEVERITY_TONES } from "./severity-tones.ts";

const INDENT = 2;
/** A name from the image can make a sentence longer than this. */
const MAX_TITLE = 320;
/** Of one kind; the JSON report has all of them. */
const MAX_FINDINGS = 50;
const KINDS: readonly ObservationFinding["kind"][] = ["malware", "secret", "configuration", "license"];

/** A section for each kind of finding that is no vulnerability, worst first. */
export function otherLines(report: ScanReport, translate: Translate, width?: number): readonly (readonly Line[])[] {
  const all = report.otherFindings ?? [];
  return KINDS.map((kind) => all.filter((each) => each.kind === kind)).flatMap((findings) => {
    const [first] = findings;
    return first === undefined ? [] : [kindLines(findings, first.kind, { translate, width })];
  });
}

function kindLines(
  findings: readonly ObservationFinding[],
  kind: ObservationFinding["kind"],
  { translate, width }: { readonly translate: Translate; readonly width: number | undefined },
): readonly Line[] {
  const groups = groupFindings(findings);
  const shown = groups.slice(0, MAX_FINDINGS);
  const room = width === undefined ? undefined : width - INDENT;
  const rows = shown.map(({ first, count }): Line => {
    const place = placeText(first, translate);
    return [
      { text: translate(`scan.severity.${first.severity}`), tone: SEVERITY_TONES[first.severity] },
      { text: first.rule },
      {
        text: count === 1 ? place : translate("report.others.places", { place, count: count - 1 }),
        tone: "faint",
      },
    ];
  });
  const lines = layOutColumns(rows, room).flatMap((row, index) => [
    ...row,
    ...detailLines(shown[index]?.first, translate, room),
  ]);
  const label = translate(`report.kind.${kind}`);
  const left = groups.slice(MAX_FINDINGS).reduce((sum, { count }) => sum + count, 0);
  return [
    lineOf(translate("report.others.heading", { kind: label, count: findings.length }), "strong"),
    ...indented(lines, INDENT),
    ...(left > 0 ? [lineOf(`  ${translate("report.others.more", { count: left })}`, "faint")] : []),
  ];
}

interface Group {
  readonly first: ObservationFinding;
  readonly count: number;
}

/** What holds for many files (setuid programs, licences) is one row with an example; every secret and all malware has its own. */
function groupFindings(findings: readonly ObservationFinding[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const [index, finding] of findings.entries()) {
    const isMany = finding.kind === "configuration" || finding.kind === "license";
    const key = isMany ? `${finding.severity} ${finding.rule}` : String(index);
    const { first = finding, count = 0 } = groups.get(key) ?? {};
    groups.set(key, { first, count: count + 1 });
  }
  return [...groups.values()];
}

function detailLines(
  finding: ObservationFinding | undefined,
  translate: Translate,
  room: number | undefined,
): readonly Line[] {
  if (finding === undefined) {
    return [];
  }
  const width = Math.min(MAX_TITLE, Math.max(20, (room ?? MAX_TITLE) - INDENT));
  const texts = [
    // Wrapped and not cut: a Korean sentence says at its end what it is about.
    ...wrapWords(fitStart(visibleText(observationTitle(finding, translate).trim()), MAX_TITLE), width),
    ...(finding.excerpt === undefined ? [] : [finding.excerpt]),
    ...(finding.isHidden === true ? [translate("report.others.hidden")] : []),
  ];
  return indented(
    texts.map((text) => lineOf(fitStart(visibleText(text.trim()), width), "faint")),
    INDENT,
  );
}

/** What was found and does not count, with who says so. */
export function suppressedLines(report: ScanReport, translate: Translate): readonly Line[] {
  const suppressed = report.suppressed ?? [];
  if (suppressed.length === 0) {
    return [];
  }
  const shown = suppressed.slice(0, MAX_FINDINGS);
  const left = suppressed.length - shown.length;
  const rows = shown.map((each) => suppressedRow(each, translate));
  return [
    lineOf(translate("report.suppressed.heading", { count: suppressed.length }), "strong"),
    ...indented(layOutColumns(rows).flat(), INDENT),
    ...(left > 0 ? [lineOf(`  ${translate("report.suppressed.more", { count: left })}`, "faint")] : []),
  ];
}

function suppressedRow({ finding, suppression }: SuppressedFinding, translate: Translate): Line {
  return [
    { text: finding.kind === "vulnerability" ? finding.id : finding.rule },
    { text: subjectOf(finding, translate) },
    { text: suppressionText(suppression, translate), tone: "faint" },
  ];
}

function subjectOf(finding: Finding, translate: Translate): string {
  return finding.kind === "vulnerability"
    ? `${finding.package.name} ${finding.package.version}`
    : finding.evidence === undefined
      ? findingTitle(finding, translate)
      : placeText(finding, translate);
}
