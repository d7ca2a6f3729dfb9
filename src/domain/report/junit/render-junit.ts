// SPDX-License-Identifier: Apache-2.0
import type { ScanReport } from "#findings";
import { problemDetailText, type Translate } from "#messages";
import { renderPlatform } from "#oci";
import { findingSentence, placeText, suppressionText } from "../finding-text.ts";
import { type ListedFinding, listFindings } from "../listed-finding.ts";
import { compareReports } from "../order.ts";
import type { ScanOutcome } from "../scan-outcome.ts";
import { reasonText } from "../table/verdict-section.ts";
import { escapeMarkup } from "../text/escape-markup.ts";

interface TestCase {
  readonly className: string;
  readonly name: string;
  readonly result?: {
    readonly element: "failure" | "error" | "skipped";
    readonly message: string;
    readonly text?: string;
  };
}

/**
 * The outcome as JUnit XML, for CI systems: a suite for the verdict (failure: denied, error: cannot tell) and one for each platform, in
 * which a finding is a failure, what cannot be decided an error, and what is suppressed skipped. Equal outcomes give equal bytes.
 */
export function renderJunit(outcome: ScanOutcome, translate: Translate): string {
  const suites = [
    ...(outcome.verdict === undefined ? [] : [{ name: "verdict", cases: [verdictCase(outcome, translate)] }]),
    ...outcome.reports.toSorted(compareReports).map((report) => ({
      name: renderPlatform(report.image.platform),
      cases: reportCases(report, translate),
    })),
  ];
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeMarkup(`haechi scan ${outcome.reference}`)}" ${counts(all, false)}>`,
    ...suites.flatMap(({ name, cases }) => [
      `  <testsuite name="${escapeMarkup(name)}" ${counts(cases, true)}>`,
      ...cases.flatMap(caseLines),
      "  </testsuite>",
    ]),
    "</testsuites>",
    "",
  ].join("\n");
}

function counts(cases: readonly TestCase[], hasSkipped: boolean): string {
  function count(element: NonNullable<TestCase["result"]>["element"]): number {
    return cases.filter(({ result }) => result?.element === element).length;
  }
  const skipped = hasSkipped ? ` skipped="${count("skipped")}"` : "";
  return `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}"${skipped}`;
}

function verdictCase({ verdict, reference }: ScanOutcome, translate: Translate): TestCase {
  const name = reference;
  if (verdict === undefined || verdict.outcome === "allow") {
    return { className: "verdict", name };
  }
  const text = verdict.reasons.map((reason) => reasonText(reason, translate)).join("\n");
  const message = translate(`scan.verdict.${verdict.outcome}`);
  return {
    className: "verdict",
    name,
    result: { element: verdict.outcome === "deny" ? "failure" : "error", message, text },
  };
}

function reportCases(report: ScanReport, translate: Translate): readonly TestCase[] {
  const problems = report.inventory.problems.map(
    ({ code, path = "", message }): TestCase => ({
      className: "scan",
      name: `${code} ${path}`.trim(),
      result: { element: "error", message: problemDetailText(message, translate) },
    }),
  );
  const cases = [...listFindings(report).map((each) => findingCase(each, translate)), ...problems];
  return cases.length > 0 ? cases : [{ className: "scan", name: report.image.digest }];
}

function findingCase(listed: ListedFinding, translate: Translate): TestCase {
  const { finding, id, severity, packageText, suppression } = listed;
  const place = placeText(finding, translate);
  const subject = packageText === undefined ? place : `${packageText} ${place}`;
  const message = findingSentence(finding, translate);
  return {
    className: finding.kind,
    name: `[${severity}] ${id} ${subject}`,
    result:
      suppression === undefined
        ? {
            element: finding.kind === "vulnerability" && finding.state === "undecided" ? "error" : "failure",
            message,
            text: [place, ...(finding.evidence === undefined ? [] : [finding.evidence.layer])].join("\n"),
          }
        : { element: "skipped", message: suppressionText(suppression, translate) },
  };
}

function caseLines({ className, name, result }: TestCase): readonly string[] {
  const start = `    <testcase classname="${escapeMarkup(className)}" name="${escapeMarkup(name)}"`;
  if (result === undefined) {
    return [`${start}/>`];
  }
  const { element, message, text } = result;
  const type = element === "skipped" ? "" : ` type="${escapeMarkup(className)}"`;
  const begin = `      <${element}${type} message="${escapeMarkup(message)}"`;
  return [
    `${start}>`,
    text === undefined ? `${begin}/>` : `${begin}>${escapeMarkup(text)}</${element}>`,
    "    </testcase>",
  ];
}
