// SPDX-License-Identifier: Apache-2.0
import { AnalysisCollector } from "../analysis-collector.ts";
import type { AnalyzedFile, Analyzer, AnalyzerResult } from "../analyzer.ts";
import { isProgramFile, isProgramPath } from "../elf/is-program-file.ts";
import { isElf, parseElf } from "../elf/parse-elf.ts";
import { isCleanText, quoteText } from "../untrusted-text.ts";
import { standardLibraryVersion } from "./go-version.ts";
import { linkerVersion } from "./linker-version.ts";
import { parseModuleLines } from "./parse-module-lines.ts";
import { readBuildInfo } from "./read-build-info.ts";

/** Go programs: their modules and the standard library they were built with. */
export const goBinaryAnalyzer: Analyzer = {
  name: "go-binary",
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

/** Sections that the Go linker makes in every program; they stay when symbols are stripped. */
const GO_SECTIONS: ReadonlySet<string> = new Set([".gopclntab", ".note.go.buildid"]);

function analyze(file: AnalyzedFile): AnalyzerResult {
  const collector = new AnalysisCollector(file.path);
  const elf = parseElf(file.bytes);
  if (elf === undefined) {
    return collector.result();
  }
  const info = readBuildInfo(file.bytes, elf);
  if (info === "malformed") {
    collector.addProblem("FILE_MALFORMED", "the build information of the Go program cannot be read");
  } else if (info !== undefined) {
    addModules(info.goVersion, info.modules, collector);
  } else if (elf.sections.some(({ name }) => GO_SECTIONS.has(name))) {
    collector.addProblem("FILE_MALFORMED", "a Go program without build information: its modules are unknown");
  }
  return collector.result();
}

function addModules(goVersion: string, modules: string, collector: AnalysisCollector): void {
  const { packagePath, main, dependencies, linkerFlags } = parseModuleLines(modules);
  addModule("stdlib", standardLibraryVersion(goVersion), collector);
  if (main?.path === "cmd" || packagePath.startsWith("cmd/")) {
    // A program of the Go distribution; advisories call them "toolchain".
    addModule("toolchain", standardLibraryVersion(goVersion), collector);
  } else if (main !== undefined) {
    addModule(main.path, mainVersion(main.version, linkerFlags, main.path), collector);
  }
  for (const { path, version } of dependencies) {
    addModule(path, version === "" ? "(devel)" : version, collector);
  }
}

/** A program that is built in its own folder is `(devel)`; its makers then often tell the linker which version it is. */
function mainVersion(version: string, linkerFlags: string, path: string): string {
  return version === "" || version === "(devel)" ? (linkerVersion(linkerFlags, path) ?? "(devel)") : version;
}

function addModule(name: string, version: string, collector: AnalysisCollector): void {
  if (isCleanText(name) && isCleanText(version)) {
    collector.addPackage({ type: "golang", name, version });
  } else {
    collector.addProblem(
      "ENTRY_MALFORMED",
      `expected a module path and a version, found ${quoteText(name)} and ${quoteText(version)}`,
    );
  }
}
