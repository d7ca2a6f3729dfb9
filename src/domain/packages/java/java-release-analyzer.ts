// SPDX-License-Identifier: Apache-2.0
import { AnalysisCollector } from "../analysis-collector.ts";
import type { AnalyzedFile, Analyzer, AnalyzerResult } from "../analyzer.ts";
import { decodeText, isCleanText } from "../untrusted-text.ts";
import { parseProperties } from "./parse-properties.ts";

const MAX_BYTES = 64 * 1024;
const KEY = "JAVA_VERSION=";

/** Java runtimes: the file `release` at the root of each. */
export const javaReleaseAnalyzer: Analyzer = {
  name: "java-release",
  version: "1",
  fixedPaths: [],
  endings: ["/release"],
  wants(path, facts) {
    return path.endsWith("/release") && facts !== undefined && facts.size <= MAX_BYTES && "sniff";
  },
  accepts(_path, head) {
    return Buffer.from(head).includes(KEY);
  },
  ownsMatter(path) {
    return path.endsWith("/release");
  },
  analyze,
};

function analyze(file: AnalyzedFile): AnalyzerResult {
  const collector = new AnalysisCollector(file.path);
  const release = parseProperties(decodeText(file.bytes));
  const version = unquoted(release.get("JAVA_VERSION"));
  const vendor = unquoted(release.get("IMPLEMENTOR"));
  if (isCleanText(version)) {
    collector.addPackage({ type: "generic", name: "java", version, ...(isCleanText(vendor) && { vendor }) });
  } else {
    collector.addProblem("ENTRY_MALFORMED", "the release of a Java runtime names no version");
  }
  return collector.result();
}

function unquoted(value: string | undefined): string | undefined {
  return value?.replace(/^"(.*)"$/, "$1");
}
