// SPDX-License-Identifier: Apache-2.0
import type { CoverageGap, ScanReport } from "#findings";
import { problemDetailText, type Translate } from "#messages";
import type { Problem } from "#packages";
import { compareGaps } from "../order.ts";
import { type Line, lineOf } from "../text/line.ts";

/** More would bury the verdict; the JSON report has all of them. */
const MAX_PROBLEMS = 20;

/** What the advisories could not be asked about; nothing when all was covered. */
export function gapLines(report: ScanReport, translate: Translate): readonly Line[] {
  const gaps = shownGaps(report);
  return gaps.length === 0
    ? []
    : [
        lineOf(translate("scan.gaps.heading", { count: gaps.length }), "medium"),
        ...gaps.map((gap) => lineOf(`  - ${gapText(gap, translate)}`)),
      ];
}

/** Of a scan that did not look for vulnerabilities, which advisories are missing, or hold for the distribution, says nothing. */
export function shownGaps({ coverageGaps, database }: ScanReport): readonly CoverageGap[] {
  return coverageGaps
    .filter((gap) => gap.code === "PACKAGES_MISSING" || database.isNotAsked !== true)
    .toSorted(compareGaps);
}

/** What kept the scan from being complete; nothing when it was. */
export function problemLines(report: ScanReport, translate: Translate): readonly Line[] {
  const { problems } = report.inventory;
  if (problems.length === 0) {
    return [];
  }
  const left = problems.length - MAX_PROBLEMS;
  return [
    lineOf(translate("scan.problems.heading", { count: problems.length }), "medium"),
    ...problems.slice(0, MAX_PROBLEMS).map((problem) => lineOf(`  - ${problemText(problem, translate)}`)),
    ...(left > 0 ? [lineOf(`  ${translate("scan.problems.more", { count: left })}`, "faint")] : []),
  ];
}

/** One gap as a sentence. */
export function gapText(gap: CoverageGap, translate: Translate): string {
  switch (gap.code) {
    case "DISTRIBUTION_UNKNOWN":
      return translate("scan.gap.DISTRIBUTION_UNKNOWN");
    case "DISTRIBUTION_UNSUPPORTED":
      return gap.packageType === undefined
        ? translate("scan.gap.DISTRIBUTION_UNSUPPORTED", { distribution: gap.distribution })
        : translate("scan.gap.DISTRIBUTION_UNSUPPORTED.packageType", {
            distribution: gap.distribution,
            packageType: gap.packageType,
          });
    case "ADVISORIES_MISSING":
      return translate("scan.gap.ADVISORIES_MISSING", { ecosystem: gap.ecosystem });
    case "PACKAGES_MISSING":
      return translate("scan.gap.PACKAGES_MISSING", { distribution: gap.distribution });
  }
}

/** One problem as sentences in the reader's language: what kind it is, and what it is about. */
export function problemText(problem: Problem, translate: Translate): string {
  const sentence = translate(`scan.problem.${problem.code}`);
  const detail = problemDetailText(problem.message, translate);
  return problem.path === undefined
    ? translate("scan.problem", { sentence, detail })
    : translate("scan.problem.path", { sentence, detail, path: problem.path });
}
