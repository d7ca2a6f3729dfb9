// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseJsonTree } from "../documents/parse-json-tree.ts";
import { memberOf, membersOf, textOf } from "../documents/tree.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";
import { normalizePythonName } from "../pypi/normalize-python-name.ts";

/** `Pipfile.lock`: all but the `develop` packages. */
export const pipfileLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "pipfile-lock",
  version: "1",
  type: "pypi",
  wants: isNamed("Pipfile.lock"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  for (const [category, packages] of membersOf(parseJsonTree(text, claims))) {
    // Every category but `_meta` is a group of packages; people may add their own.
    if (category === "_meta" || category === "develop") {
      continue;
    }
    for (const [name, entry] of membersOf(packages)) {
      const version = textOf(entry, "version")?.replace(/^={2,3}/, "");
      // Without a version it is a folder of the project, or a commit of a repository.
      const commit = textOf(entry, "ref");
      if (version !== undefined || commit !== undefined || memberOf(entry, "version") !== undefined) {
        claims.add(normalizePythonName(name), version ?? commit);
      }
    }
  }
}
