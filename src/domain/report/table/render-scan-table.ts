// SPDX-License-Identifier: Apache-2.0
import type { ScanReport } from "#findings";
import type { Translate } from "#messages";
import { compareReports } from "../order.ts";
import type { ScanOutcome } from "../scan-outcome.ts";
import { layOutColumns } from "../text/columns.ts";
import { type Line, lineOf, writeLines } from "../text/line.ts";
import { findingLines } from "./findings-section.ts";
import { headerRows } from "./header-section.ts";
import { gapLines, problemLines } from "./incompleteness-section.ts";
import { nextStepLines } from "./next-steps.ts";
import { otherLines, suppressedLines } from "./others-section.ts";
import { verdictLines } from "./verdict-section.ts";

/** How a table is written. */
export interface TableOptions {
  /** Whether to use ANSI colours; the caller knows the terminal and NO_COLOR. */
  readonly color: boolean;
  /** Columns of the terminal; absent where nothing has to fit (a file, a pipe). */
  readonly width?: number;
}

/**
 * What a scan found, for people: for each platform image, database and findings by severity, then what could not be
 * checked; at the end the verdict, its reasons, and what to do next. Deterministic; ends with a line feed; text from
 * images and feeds is made visible and cannot control the terminal.
 */
export function renderScanTable(outcome: ScanOutcome, translate: Translate, options: TableOptions): string {
  const reports = outcome.reports.toSorted(compareReports);
  const sections = [
    layOutColumns([[{ text: translate("scan.label.image"), tone: "strong" }, { text: outcome.reference }]]).flat(),
    ...reports.flatMap((report) =>
      outcome.verdict === undefined
        ? fileSections(report, translate, options.width)
        : reportSections(report, translate, options.width),
    ),
    ...(outcome.verdict === undefined ? [] : [verdictLines(outcome.verdict, translate)]),
    nextStepLines(outcome, translate),
  ];
  const lines = sections
    .filter((section) => section.length > 0)
    .flatMap((section, index): readonly Line[] => (index === 0 ? section : [[], ...section]));
  return writeLines(lines, options.color);
}

function reportSections(
  report: ScanReport,
  translate: Translate,
  width: number | undefined,
): readonly (readonly Line[])[] {
  return [
    layOutColumns(headerRows(report, translate)).flat(),
    ...findingLines(report, translate, width),
    ...otherLines(report, translate, width),
    isClean(report) ? [lineOf(translate("report.none"), "good")] : [],
    suppressedLines(report, translate),
    gapLines(report, translate),
    problemLines(report, translate),
  ];
}

/** Of a scan for anything but vulnerabilities: whether all of it was read and nothing found. Of vulnerabilities `findingLines` says it. */
function isClean({ database, inventory, otherFindings = [], suppressed = [] }: ScanReport): boolean {
  const hasNothing = otherFindings.length === 0 && suppressed.length === 0;
  return database.isNotAsked === true && inventory.status === "complete" && hasNothing;
}

/** A file that an image is built by: it has neither packages nor a platform. */
function fileSections(
  report: ScanReport,
  translate: Translate,
  width: number | undefined,
): readonly (readonly Line[])[] {
  const found = [...otherLines(report, translate, width), suppressedLines(report, translate)];
  return [
    ...(found.some((section) => section.length > 0) ? found : [[lineOf(translate("report.none"), "good")]]),
    problemLines(report, translate),
  ];
}
