// SPDX-License-Identifier: Apache-2.0
import { AnalysisCollector } from "../analysis-collector.ts";
import type { AnalyzedFile, Analyzer, AnalyzerResult } from "../analyzer.ts";
import { isProgramFile, isProgramPath } from "../elf/is-program-file.ts";
import { isElf, parseElf } from "../elf/parse-elf.ts";
import { isCleanText } from "../untrusted-text.ts";
import { findVersion } from "./find-version.ts";
import { knownProgram } from "./known-programs.ts";
import { packageNote } from "./package-note.ts";

/**
 * Programs without a package, by the note of their build or by text that gives their version; and programs that nobody can
 * look into, as they are packed.
 */
export const programAnalyzer: Analyzer = {
  name: "program",
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

/** UPX puts its mark behind the program headers. */
const UPX_MARK = "UPX!";
const UPX_HEAD_BYTES = 1_024;

function analyze(file: AnalyzedFile): AnalyzerResult {
  const collector = new AnalysisCollector(file.path);
  const elf = parseElf(file.bytes);
  if (elf === undefined) {
    return collector.result();
  }
  if (elf.sections.length === 0 && Buffer.from(file.bytes.subarray(0, UPX_HEAD_BYTES)).includes(UPX_MARK)) {
    collector.addProblem("FILE_UNREADABLE", "the program is packed with UPX: what is in it is unknown");
    return collector.result();
  }
  const known = knownProgram(file.path.slice(file.path.lastIndexOf("/") + 1));
  const version = known && findVersion(file.bytes, known);
  const note = packageNote(file.bytes, elf);
  if (known !== undefined && version !== undefined) {
    collector.addPackage({ type: "generic", name: known.name, version });
  } else if (isText(note?.name) && isText(note.version)) {
    collector.addPackage({
      type: "generic",
      name: note.name,
      version: note.version,
      ...(isCleanText(note.vendor) && { vendor: note.vendor }),
      ...(isText(note.architecture) && { architecture: note.architecture }),
    });
  }
  return collector.result();
}

function isText(value: unknown): value is string {
  return typeof value === "string" && isCleanText(value);
}
