// SPDX-License-Identifier: Apache-2.0
import { AnalysisCollector } from "../analysis-collector.ts";
import type { AnalyzedFile, Analyzer, AnalyzerResult } from "../analyzer.ts";
import type { Distribution } from "../inventory.ts";
import { decodeText, isCleanText, quoteText } from "../untrusted-text.ts";
import { parseOsRelease } from "./parse-os-release.ts";

/** The places of os-release, the one that wins first. */
export const OS_RELEASE_PATHS: readonly string[] = ["etc/os-release", "usr/lib/os-release"];

/** No os-release has more than some kilobytes. */
const MAX_BYTES = 1024 * 1024;

/** "lower-case string (no spaces or other characters outside of 0–9, a–z, ".", "_" and "-")"; capitals occur. */
const IDENTIFIER = /^[A-Za-z0-9._-]+$/;

/** The distribution, from os-release(5). */
export const osReleaseAnalyzer: Analyzer = {
  name: "os-release",
  version: "2",
  fixedPaths: OS_RELEASE_PATHS,
  endings: OS_RELEASE_PATHS,
  wants(path) {
    return path.endsWith("os-release") && OS_RELEASE_PATHS.includes(path);
  },
  analyze,
};

function analyze(file: AnalyzedFile): AnalyzerResult {
  const collector = new AnalysisCollector(file.path);
  if (file.bytes.length > MAX_BYTES) {
    collector.addProblem("FILE_TOO_LARGE", `file is larger than ${MAX_BYTES} bytes`);
    return collector.result();
  }
  const { variables, badLines } = parseOsRelease(decodeText(file.bytes));
  if (badLines.length > 0) {
    const lines = badLines.slice(0, 10).join(", ");
    collector.addProblem("ENTRY_MALFORMED", `${badLines.length} lines are not assignments: line ${lines}`);
  }
  const distribution = toDistribution(variables, collector);
  return { ...collector.result(), ...(distribution !== undefined && { distribution }) };
}

/**
 * The distribution, or `undefined` when there is no usable ID. os-release(5) lets a program assume `linux` then; that
 * would only be another word for "unknown".
 */
function toDistribution(
  variables: ReadonlyMap<string, string>,
  collector: AnalysisCollector,
): Distribution | undefined {
  const id = variables.get("ID") ?? "";
  const versionId = variables.get("VERSION_ID") ?? "";
  const prettyName = variables.get("PRETTY_NAME");
  if (!isIdentifier(id)) {
    collector.addProblem("FILE_MALFORMED", `expected an ID of a distribution, found ${quoteText(id)}`);
    return undefined;
  }
  if (versionId !== "" && !isIdentifier(versionId)) {
    collector.addProblem("FILE_MALFORMED", `expected a VERSION_ID, found ${quoteText(versionId)}`);
    return undefined;
  }
  return { id, ...(versionId !== "" && { versionId }), ...(isCleanText(prettyName) && { prettyName }) };
}

function isIdentifier(text: string): boolean {
  return isCleanText(text) && IDENTIFIER.test(text);
}
