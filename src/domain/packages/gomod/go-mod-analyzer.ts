// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { hasEnding, isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";
import { parseGoMod } from "./parse-go-mod.ts";

const isGoMod = isNamed("go.mod");

/** Folders that the go command does not look into either: tests' data, and generators of Go's own sources. */
const IGNORED_FOLDER = /(?:^|\/)(?:_[^/]*|testdata)\//;

/** The toolchain's own modules, which lie beside its sources; its binaries say what is in it. */
const TOOLCHAIN = new Set(["std", "cmd"]);

/**
 * `go.mod`: what the module requires, after its `replace` lines. Since Go 1.17 it names what is needed indirectly, too; tests
 * and tools are not told apart. What a program was really built from stands in the program.
 */
export const goModAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "go-mod",
  version: "1",
  type: "golang",
  wants: hasEnding(["go.mod"], (path) => isGoMod(path) && !IGNORED_FOLDER.test(path)),
  read,
});

function read(text: string, claims: PackageClaims): void {
  const { module, required, replaced, badLines } = parseGoMod(text);
  if (TOOLCHAIN.has(module)) {
    return;
  }
  if (badLines > 0) {
    claims.addProblem("ENTRY_MALFORMED", `${badLines} lines are no directives of go.mod`);
  }
  for (const { path, version } of required) {
    const replacement = replaced.get(`${path} ${version}`) ?? replaced.get(path) ?? { path, version };
    // Without a version it is a folder of the project.
    if (replacement.version !== "") {
      claims.add(replacement.path, replacement.version);
    }
  }
}
