// SPDX-License-Identifier: Apache-2.0
import { SEVERITIES } from "#advisories";
import type { ScanReport, VulnerabilityFinding } from "#findings";
import type { MessageId, Translate } from "#messages";
import { visibleText } from "#messages";
import { findingNotes } from "../finding-text.ts";
import { compareFindings } from "../order.ts";
import { layOutColumns } from "../text/columns.ts";
import { fitStart } from "../text/display-width.ts";
import { indented, type Line, lineOf, type Tone } from "../text/line.ts";
import { SEVERITY_TONES } from "./severity-tones.ts";

const INDENT = 2;
/** A title longer than this is an essay; the JSON report has all of it. */
const MAX_TITLE = 160;

interface Group {
  readonly label: string;
  readonly tone: Tone;
  readonly findings: readonly VulnerabilityFinding[];
  readonly hint?: string;
}

/** A summary, then a section for each severity that occurs, worst first, and one for what cannot be decided. */
export function findingLines(report: ScanReport, translate: Translate, width?: number): readonly (readonly Line[])[] {
  const groups = groupFindings(report.findings, translate);
  if (groups.length === 0) {
    return [[lineOf(translate(nothingFound(report)))]];
  }
  const list = groups.map(({ label, findings }) => translate("scan.findings.count", { label, count: findings.length }));
  const summary = translate("scan.findings.summary", { count: report.findings.length, list: list.join(", ") });
  return [
    [lineOf(summary, "strong")],
    ...groups.map((group) => groupLines(group, report.image.layers.length, translate, width)),
  ];
}

/** "Nothing found" may be said without a "but" only when everything was checked. */
function nothingFound(report: ScanReport): MessageId {
  if (report.database.isNotAsked === true) {
    return "report.findings.notAsked";
  }
  if (report.inventory.status === "failed") {
    return "scan.findings.notChecked";
  }
  const isChecked = report.inventory.status === "complete" && report.coverageGaps.length === 0;
  return isChecked ? "scan.findings.none" : "scan.findings.noneSoFar";
}

function groupFindings(findings: readonly VulnerabilityFinding[], translate: Translate): readonly Group[] {
  const sorted = findings.toSorted(compareFindings);
  const bySeverity = SEVERITIES.map(
    (severity): Group => ({
      label: translate(`scan.severity.${severity}`),
      tone: SEVERITY_TONES[severity],
      findings: sorted.filter((each) => each.state === "affected" && each.severity === severity),
    }),
  );
  const undecided: Group = {
    label: translate("scan.undecided"),
    tone: "medium",
    findings: sorted.filter((each) => each.state === "undecided"),
    hint: translate("scan.undecided.hint"),
  };
  return [...bySeverity, undecided].filter((group) => group.findings.length > 0);
}

function groupLines(group: Group, layers: number, translate: Translate, width?: number): readonly Line[] {
  const { label, tone, findings, hint } = group;
  const room = width === undefined ? undefined : width - INDENT;
  const headings: Line = (["package", "installed", "fixed", "id", "where"] as const).map((column) => ({
    text: translate(`scan.label.${column}`),
    tone: "faint",
  }));
  const rows = findings.map((finding) => findingRow(finding, layers, translate));
  // Laid out together, so that the columns of all rows are aligned; then the titles are put between.
  const lines = layOutColumns([headings, ...rows], room).flatMap((row, index) => [
    ...row,
    ...titleLines(findings[index - 1], room),
    ...noteLines(findings[index - 1], translate),
  ]);
  return [
    lineOf(translate("scan.findings.heading", { label, count: findings.length }), tone),
    ...indented([...(hint === undefined ? [] : [lineOf(hint, "faint")]), ...lines], INDENT),
  ];
}

function findingRow(finding: VulnerabilityFinding, layers: number, translate: Translate): Line {
  const { name, version, source } = finding.package;
  const { layerIndex, path } = finding.evidence;
  const fixed = finding.fixedVersions.join(", ");
  return [
    { text: source === undefined || source.name === name ? name : `${name} (${source.name})`, tone: "strong" },
    { text: version },
    fixed === "" ? { text: translate("scan.fixed.none"), tone: "faint" } : { text: fixed, tone: "good" },
    { text: finding.id },
    // a bill of materials need not name layers
    {
      text: layers === 0 ? path : translate("scan.where", { layer: layerIndex + 1, layers, path }),
      tone: "faint",
    },
  ];
}

function titleLines(finding: VulnerabilityFinding | undefined, room: number | undefined): readonly Line[] {
  if (finding === undefined || finding.title.trim() === "") {
    return [];
  }
  const width = Math.min(MAX_TITLE, Math.max(20, (room ?? MAX_TITLE) - INDENT));
  return indented([lineOf(fitStart(visibleText(finding.title.trim()), width), "faint")], INDENT);
}

function noteLines(finding: VulnerabilityFinding | undefined, translate: Translate): readonly Line[] {
  const notes = finding === undefined ? [] : findingNotes(finding, translate);
  const tone = finding?.exploitation?.knownExploited === undefined ? "faint" : "high";
  return notes.length === 0 ? [] : indented([lineOf(notes.join(" · "), tone)], INDENT);
}
