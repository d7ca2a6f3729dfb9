// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseTomlTree } from "../documents/parse-toml-tree.ts";
import { elementsOf, memberOf } from "../documents/tree.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";
import { normalizePythonName } from "../pypi/normalize-python-name.ts";

/** `pdm.lock`, without what only the group `dev` wants. */
export const pdmLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "pdm-lock",
  version: "1",
  type: "pypi",
  wants: isNamed("pdm.lock"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  for (const entry of elementsOf(memberOf(parseTomlTree(text, claims), "package"))) {
    const groups = elementsOf(memberOf(entry, "groups"));
    const isDevelopment = groups.length > 0 && groups.every((group) => group === "dev");
    // A path is a folder or an archive of the project.
    if (!isDevelopment && memberOf(entry, "path") === undefined) {
      claims.add(normalizePythonName(memberOf(entry, "name")), memberOf(entry, "version"));
    }
  }
}
