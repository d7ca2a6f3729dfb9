// SPDX-License-Identifier: Apache-2.0
import { parseYamlTrees } from "../documents/parse-yaml-tree.ts";
import { isTree, membersOf, textOf } from "../documents/tree.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { isLocalFolder, splitAtVersion } from "../npm-lock/npm-specifier.ts";

/** The lock file of Yarn 2 and later: one entry for each package, whose `resolution` has its true name. */
export function readBerryLock(text: string, claims: PackageClaims): void {
  for (const [descriptors, entry] of parseYamlTrees(text, claims).flatMap(membersOf)) {
    if (descriptors === "__metadata") {
      continue;
    }
    if (!isTree(entry)) {
      claims.addProblem("ENTRY_MALFORMED", "expected an entry with version and resolution");
      continue;
    }
    const resolution = splitAtVersion(textOf(entry, "resolution") ?? descriptors);
    const isLinked = textOf(entry, "linkType") === "soft" || isLocalFolder(resolution?.version ?? "");
    if (!isLinked) {
      claims.add(resolution?.name, textOf(entry, "version"));
    }
  }
}
