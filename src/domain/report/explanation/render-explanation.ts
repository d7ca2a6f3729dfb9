// SPDX-License-Identifier: Apache-2.0
import type { FindingExplanation, VulnerabilityFinding } from "#findings";
import type { MessageId, Translate } from "#messages";
import { renderPlatform } from "#oci";
import { findingNotes, findingTitle, observationAdvice, placeText, suppressionText } from "../finding-text.ts";
import type { ScanOutcome } from "../scan-outcome.ts";
import { severityTone } from "../table/severity-tones.ts";
import { layOutColumns } from "../text/columns.ts";
import { indented, type Line, lineOf, writeLines } from "../text/line.ts";

/** What is known about the findings of one id, by report. */
export interface ExplainedOutcome {
  readonly id: string;
  readonly outcome: ScanOutcome;
  /** In the order of `outcome.reports`. */
  readonly explanations: readonly (readonly FindingExplanation[])[];
}

/** Everything about the findings of one id, for people. Text from images and feeds is made visible. */
export function renderExplanation(
  { id, outcome, explanations }: ExplainedOutcome,
  translate: Translate,
  options: { readonly color: boolean },
): string {
  const isOne = outcome.reports.length === 1;
  const lines = outcome.reports.flatMap((report, index): readonly (readonly Line[])[] => {
    const found = explanations[index] ?? [];
    const platform = isOne ? [] : [[lineOf(renderPlatform(report.image.platform), "strong")]];
    return found.length === 0 ? [] : [...platform, ...found.map((each) => explanationLines(each, translate))];
  });
  if (lines.length === 0) {
    const isComplete = outcome.reports.every(
      ({ coverageGaps, inventory }) => coverageGaps.length === 0 && inventory.status === "complete",
    );
    const message = isComplete ? "report.explain.none" : "report.explain.none.incomplete";
    return writeLines([lineOf(translate(message, { id, reference: outcome.reference }))], options.color);
  }
  return writeLines(
    lines.flatMap((section, index): readonly Line[] => (index === 0 ? section : [[], ...section])),
    options.color,
  );
}

function explanationLines(explained: FindingExplanation, translate: Translate): readonly Line[] {
  const { finding, suppression, layer } = explained;
  const isVulnerability = finding.kind === "vulnerability";
  const rows: readonly (readonly [MessageId, string | undefined])[] = [
    ...(isVulnerability ? vulnerabilityRows(finding, explained, translate) : observationRows(explained, translate)),
    ["report.explain.file", placeText(finding, translate)],
    [
      "report.explain.layer",
      layer === undefined || layer.count === 0
        ? undefined
        : translate("report.explain.layer.place", { index: layer.index + 1, count: layer.count, diffId: layer.diffId }),
    ],
    ["report.explain.instruction", layer?.createdBy],
    ["report.explain.fix", fixText(explained, translate)],
    [
      "report.explain.counts",
      suppression === undefined
        ? translate("report.explain.counts.yes")
        : translate("report.explain.counts.no", { why: suppressionText(suppression, translate) }),
    ],
  ];
  const title = findingTitle(finding, translate);
  const table = rows.flatMap(([label, text]): readonly Line[] =>
    text === undefined || text === "" ? [] : [[{ text: translate(label), tone: "faint" }, { text }]],
  );
  return [
    lineOf(isVulnerability ? finding.id : finding.rule, severityTone(finding.severity)),
    ...(title === "" ? [] : indented([lineOf(title)], 2)),
    ...indented(layOutColumns(table).flat(), 2),
  ];
}

function vulnerabilityRows(
  finding: VulnerabilityFinding,
  { match }: FindingExplanation,
  translate: Translate,
): readonly (readonly [MessageId, string | undefined])[] {
  const { name, version, source } = finding.package;
  const built =
    source === undefined
      ? ""
      : `, ${translate("report.explain.source", { name: source.name, version: source.version })}`;
  const severity = translate(`scan.severity.${finding.severity}`);
  const vector = finding.cvssVector === undefined ? "" : `, ${finding.cvssVector}`;
  const said =
    finding.severitySource === undefined
      ? severity
      : translate("report.explain.severity.source", { severity, source: finding.severitySource });
  const notes = findingNotes(finding, translate);
  return [
    ["report.explain.aliases", finding.aliases.join(", ")],
    ["report.explain.severity", `${said}${vector}`],
    ...(finding.otherSeverities ?? []).map((other): readonly [MessageId, string] => [
      "report.explain.severity.others",
      `${translate("report.explain.severity.source", {
        severity: translate(`scan.severity.${other.severity}`),
        source: other.source,
      })}${other.cvssVector === undefined ? "" : `, ${other.cvssVector}`}`,
    ]),
    ["report.explain.package", `${finding.package.type} ${name} ${version}${built}`],
    [
      "report.explain.advisory",
      match === undefined
        ? undefined
        : translate(
            finding.state === "affected" ? "report.explain.advisory.match" : "report.explain.advisory.undecided",
            {
              advisory: match.advisoryId,
              ecosystem: match.ecosystem,
              package: match.packageName,
              version: match.version,
              range: match.range,
            },
          ),
    ],
    ["report.explain.link", finding.url],
    ...notes.map((note): readonly [MessageId, string] => ["report.explain.notes", note]),
  ];
}

function observationRows(
  { finding }: FindingExplanation,
  translate: Translate,
): readonly (readonly [MessageId, string | undefined])[] {
  if (finding.kind === "vulnerability") {
    return [];
  }
  return [
    ["report.explain.severity", translate(`scan.severity.${finding.severity}`)],
    ["report.explain.excerpt", finding.excerpt],
    ["report.explain.notes", finding.isHidden === true ? translate("report.others.hidden") : undefined],
  ];
}

function fixText({ finding, remedy }: FindingExplanation, translate: Translate): string | undefined {
  if (finding.kind !== "vulnerability") {
    return observationAdvice(finding, translate);
  }
  if (remedy === undefined) {
    return undefined;
  }
  const { packageName } = remedy;
  switch (remedy.kind) {
    case "upgradePackage":
      return translate("report.explain.fix.package", { package: packageName, versions: remedy.versions.join(", ") });
    case "upgradeBaseImage":
      return remedy.baseImage === undefined
        ? translate("report.explain.fix.base", { package: packageName, versions: remedy.versions.join(", ") })
        : translate("report.explain.fix.namedBase", {
            package: packageName,
            versions: remedy.versions.join(", "),
            base: remedy.baseImage,
          });
    case "noFix":
      return translate("report.explain.fix.none", { package: packageName });
  }
}
