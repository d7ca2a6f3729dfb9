// SPDX-License-Identifier: Apache-2.0
import { AnalysisCollector } from "../analysis-collector.ts";
import type { AnalyzedFile, Analyzer, AnalyzerResult } from "../analyzer.ts";
import { isProgramFile, isProgramPath } from "../elf/is-program-file.ts";
import { type Elf, isElf, parseElf, sectionContent } from "../elf/parse-elf.ts";
import { inflate } from "../inflate.ts";
import { isCleanText, quoteText } from "../untrusted-text.ts";
import { findCratePaths } from "./find-crate-paths.ts";
import { parseAuditData } from "./parse-audit-data.ts";

/**
 * Rust programs: the crates that cargo-auditable listed in them; in others, the crates that their panic messages name,
 * which are not all.
 */
export const rustBinaryAnalyzer: Analyzer = {
  name: "rust-binary",
  version: "1",
  fixedPaths: [],
  wants(path, facts) {
    return isProgramFile(path, facts) && "sniff";
  },
  accepts(_path, head) {
    return isElf(head);
  },
  ownsMatter: isProgramPath,
  analyze,
};

/** What rust-audit-info takes too. */
const MAX_AUDIT_BYTES = 8 * 1024 * 1024;

function analyze(file: AnalyzedFile): AnalyzerResult {
  const collector = new AnalysisCollector(file.path);
  const elf = parseElf(file.bytes);
  const audited = elf && sectionContent(file.bytes, elf, ".dep-v0");
  if (audited !== undefined) {
    addAudited(audited, collector);
  } else if (elf !== undefined && isMadeByRustc(file.bytes, elf)) {
    for (const { name, version } of findCratePaths(file.bytes)) {
      addCrate(name, version, collector);
    }
  }
  return collector.result();
}

function addAudited(section: Uint8Array, collector: AnalysisCollector): void {
  const inflated = inflate(section, "zlib", MAX_AUDIT_BYTES);
  if ("failure" in inflated) {
    const isTooLarge = inflated.failure === "tooLarge";
    collector.addProblem(
      isTooLarge ? "LIMIT_EXCEEDED" : "FILE_MALFORMED",
      isTooLarge ? `the list of crates has more than ${MAX_AUDIT_BYTES} bytes` : "the list of crates is not zlib data",
    );
    return;
  }
  const crates = parseAuditData(inflated.bytes);
  if (crates === undefined) {
    collector.addProblem("FILE_MALFORMED", "the list of crates is not what cargo-auditable writes");
    return;
  }
  for (const { name, version } of crates) {
    addCrate(name, version, collector);
  }
}

/** Compilers leave their names in `.comment`, which stripping keeps. */
function isMadeByRustc(bytes: Uint8Array, elf: Elf): boolean {
  const comment = sectionContent(bytes, elf, ".comment");
  return comment !== undefined && Buffer.from(comment.subarray(0, 4_096)).includes("rustc version ");
}

function addCrate(name: unknown, version: unknown, collector: AnalysisCollector): void {
  if (typeof name === "string" && typeof version === "string" && isCleanText(name) && isCleanText(version)) {
    collector.addPackage({ type: "cargo", name, version });
  } else {
    collector.addProblem(
      "ENTRY_MALFORMED",
      `expected a crate and a version, found ${quoteText(String(name))} and ${quoteText(String(version))}`,
    );
  }
}
