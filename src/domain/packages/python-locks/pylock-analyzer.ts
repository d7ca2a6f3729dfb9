// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseTomlTree } from "../documents/parse-toml-tree.ts";
import { elementsOf, memberOf, textOf } from "../documents/tree.ts";
import { fileNameOf, hasEnding } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";
import { normalizePythonName } from "../pypi/normalize-python-name.ts";

/** `pylock.toml` and `pylock.NAME.toml` (PEP 751). Groups are conditions in its markers, which are not evaluated. */
export const pylockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "pylock",
  version: "1",
  type: "pypi",
  wants: hasEnding([".toml"], (path) => /^pylock\.(?:[^.]+\.)?toml$/.test(fileNameOf(path))),
  read,
});

function read(text: string, claims: PackageClaims): void {
  for (const entry of elementsOf(memberOf(parseTomlTree(text, claims), "packages"))) {
    // PEP 751: a source tree has no version; a folder is the project's own.
    const version = memberOf(entry, "version") ?? textOf(memberOf(entry, "vcs"), "commit-id");
    if (memberOf(entry, "directory") === undefined) {
      claims.add(normalizePythonName(memberOf(entry, "name")), version);
    }
  }
}
