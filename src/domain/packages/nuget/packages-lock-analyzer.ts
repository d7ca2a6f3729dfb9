// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseJsonTree } from "../documents/parse-json-tree.ts";
import { memberOf, membersOf, textOf } from "../documents/tree.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";

/** `packages.lock.json` of NuGet, for all target frameworks, without the projects of the solution. */
export const packagesLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "nuget-lock",
  version: "1",
  type: "nuget",
  wants: isNamed("packages.lock.json"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  for (const [, packages] of membersOf(memberOf(parseJsonTree(text, claims), "dependencies"))) {
    for (const [name, entry] of membersOf(packages)) {
      if (textOf(entry, "type") !== "Project") {
        claims.add(name, memberOf(entry, "resolved"));
      }
    }
  }
}
