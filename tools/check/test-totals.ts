// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";

// node tools/check/test-totals.ts FILE: reads the JSON report of vitest, names what was skipped, and closes with one plain
// line of totals. Fails when a test failed or was skipped, or when none ran.

interface TestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const [file] = process.argv.slice(2);
if (file === undefined) {
  throw new Error("usage: test-totals.ts FILE");
}
const report = JSON.parse(readFileSync(file, "utf8")) as TestReport;
const tests = report.testResults.flatMap((each) => each.assertionResults.map((test) => ({ ...test, file: each.name })));
const passed = tests.filter((test) => test.status === "passed");
// a file that does not load has no tests, and still failed
const brokenFiles = report.testResults.filter((each) => each.status === "failed" && each.assertionResults.length === 0);
const failed = [
  ...tests.filter((test) => test.status === "failed").map((test) => test.fullName),
  ...brokenFiles.map((each) => each.name),
];
const skipped = tests.filter((test) => test.status !== "passed" && test.status !== "failed");

for (const name of failed) {
  console.log(`failed: ${name}`);
}
for (const test of skipped) {
  console.log(`skipped: ${test.fullName} (${test.file})`);
}
console.log(`${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`);
process.exitCode = report.success && failed.length === 0 && skipped.length === 0 && passed.length > 0 ? 0 : 1;
