// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseJsonTree } from "../documents/parse-json-tree.ts";
import { isTree, memberOf, membersOf, type Tree, textOf } from "../documents/tree.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";
import { isLocalFolder, withoutNpmAlias } from "./npm-specifier.ts";

const FOLDER = "node_modules/";

/** `package-lock.json` and `npm-shrinkwrap.json` of all versions, without development dependencies and workspaces. */
export const npmLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "npm-lock",
  version: "1",
  type: "npm",
  wants: isNamed("package-lock.json", "npm-shrinkwrap.json"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  const lock = parseJsonTree(text, claims);
  const places = memberOf(lock, "packages");
  if (isTree(places)) {
    readPlaces(places, claims);
  } else if (lock !== undefined) {
    readNested(lock, claims);
  }
}

/** Lock file version 2 and 3 (npm 7 and later): one entry for each place in the tree. */
function readPlaces(places: Tree, claims: PackageClaims): void {
  for (const [place, entry] of membersOf(places)) {
    const folder = place.lastIndexOf(FOLDER);
    // Without node_modules it is the project itself or one of its workspaces; a link leads to such a one.
    if (folder < 0 || memberOf(entry, "link") === true || memberOf(entry, "dev") === true) {
      continue;
    }
    const version = memberOf(entry, "version") ?? memberOf(entry, "resolved");
    if (version !== undefined || !isTree(entry)) {
      claims.add(memberOf(entry, "name") ?? place.slice(folder + FOLDER.length), version);
    }
  }
}

/** Lock file version 1 (npm 5 and 6): packages below the one that needs them. A stack of ours, as nesting is unbounded. */
function readNested(lock: Tree, claims: PackageClaims): void {
  const open: unknown[] = [lock];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const [name, entry] of membersOf(memberOf(node, "dependencies"))) {
      const version = textOf(entry, "version");
      if (memberOf(entry, "dev") === true || (version !== undefined && isLocalFolder(version))) {
        continue;
      }
      const alias = version === undefined ? undefined : withoutNpmAlias(version);
      claims.add(alias?.name ?? name, alias?.version ?? memberOf(entry, "version"));
      open.push(entry);
    }
  }
}
