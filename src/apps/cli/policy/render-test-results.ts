// SPDX-License-Identifier: Apache-2.0
import type { Translate } from "#messages";
import { renderReason } from "#policy";
import type { PolicyTestResult } from "#policy-tools";

/** A file of tests and what came of them. */
export interface TestedFile {
  readonly file: string;
  readonly results: readonly PolicyTestResult[];
}

/** For people: one line for each test, and below a failed one what is not as expected, with the reasons of the verdict. */
export function renderTestTable(files: readonly TestedFile[], translate: Translate): string {
  const lines = files.flatMap(({ file, results }) => [
    file,
    ...results.flatMap((result) => [
      `  ${translate(result.failures.length === 0 ? "policyTools.test.passed" : "policyTools.test.failed")}  ${nameOf(result)}`,
      ...detailsOf(result, translate).map((line) => `      ${line}`),
    ]),
  ]);
  const all = files.flatMap(({ results }) => results);
  const passed = all.filter(({ failures }) => failures.length === 0).length;
  return `${lines.join("\n")}\n\n${translate("policyTools.test.total", { passed, total: all.length })}\n`;
}

/** For programs. */
export function renderTestJson(files: readonly TestedFile[]): string {
  const document = files.map(({ file, results }) => ({
    file,
    tests: results.map((result) => ({
      name: nameOf(result),
      image: result.test.image ?? null,
      passed: result.failures.length === 0,
      failures: result.failures,
      verdict: result.verdict,
    })),
  }));
  return `${JSON.stringify({ files: document }, undefined, 2)}\n`;
}

/** As CI systems read it (JUnit XML). */
export function renderTestJunit(files: readonly TestedFile[], translate: Translate): string {
  const suites = files.map(({ file, results }) => {
    const failed = results.filter(({ failures }) => failures.length > 0).length;
    const cases = results.map((result) => {
      const head = `    <testcase classname="${escape(file)}" name="${escape(nameOf(result))}"`;
      const details = detailsOf(result, translate);
      return details.length === 0
        ? `${head}/>`
        : `${head}>\n      <failure message="${escape(details[0] ?? "")}">${escape(details.join("\n"))}</failure>\n    </testcase>`;
    });
    return `  <testsuite name="${escape(file)}" tests="${results.length}" failures="${failed}">\n${cases.join("\n")}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("\n")}\n</testsuites>\n`;
}

function nameOf({ test }: PolicyTestResult): string {
  const { name, image, workload, namespace } = test;
  const subject = image ?? (workload === undefined ? "Pod" : `${workload.kind}/${workload.name}`);
  return name ?? (namespace === undefined ? subject : `${subject} (${namespace})`);
}

function detailsOf({ failures, verdict }: PolicyTestResult, translate: Translate): readonly string[] {
  const nothing = translate("policyTools.test.nothing");
  return failures.length === 0
    ? []
    : [
        ...failures.map(({ field, expected, found }) =>
          translate("policyTools.test.failure", { field, expected: expected || nothing, found: found || nothing }),
        ),
        ...verdict.reasons.slice(0, 20).map((reason) => `- ${renderReason(reason, translate)}`),
      ];
}

/** XML 1.0: characters of markup, and those that no document may have. */
function escape(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);
}
