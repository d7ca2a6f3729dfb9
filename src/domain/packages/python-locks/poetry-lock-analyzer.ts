// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseTomlTree } from "../documents/parse-toml-tree.ts";
import { elementsOf, memberOf, textOf } from "../documents/tree.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";
import { normalizePythonName } from "../pypi/normalize-python-name.ts";

/** `poetry.lock`. Poetry 1.5 to 1.8 wrote no groups: development dependencies then cannot be told apart and stay in. */
export const poetryLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "poetry-lock",
  version: "1",
  type: "pypi",
  wants: isNamed("poetry.lock"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  for (const entry of elementsOf(memberOf(parseTomlTree(text, claims), "package"))) {
    if (isWanted(entry) && textOf(memberOf(entry, "source"), "type") !== "directory") {
      claims.add(normalizePythonName(memberOf(entry, "name")), memberOf(entry, "version"));
    }
  }
}

/** Up to 1.4 each package has a category, from 2.0 on a list of groups. */
function isWanted(entry: unknown): boolean {
  const groups = memberOf(entry, "groups");
  return groups === undefined ? textOf(entry, "category") !== "dev" : elementsOf(groups).includes("main");
}
