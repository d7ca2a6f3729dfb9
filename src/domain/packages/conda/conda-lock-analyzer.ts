// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseYamlTrees } from "../documents/parse-yaml-tree.ts";
import { elementsOf, memberOf, textOf } from "../documents/tree.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";
import { normalizePythonName } from "../pypi/normalize-python-name.ts";

/** `conda-lock.yml`: packages of Conda and of pip for all platforms, without the category `dev`. */
export const condaLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "conda-lock",
  version: "1",
  type: "conda",
  wants: isNamed("conda-lock.yml"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  for (const entry of parseYamlTrees(text, claims).flatMap((each) => elementsOf(memberOf(each, "package")))) {
    if (textOf(entry, "category") === "dev") {
      continue;
    }
    if (textOf(entry, "manager") === "pip") {
      claims.add(normalizePythonName(memberOf(entry, "name")), memberOf(entry, "version"), { type: "pypi" });
    } else {
      claims.add(memberOf(entry, "name"), memberOf(entry, "version"));
    }
  }
}
