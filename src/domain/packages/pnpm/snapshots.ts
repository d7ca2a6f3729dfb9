// SPDX-License-Identifier: Apache-2.0
import { memberOf, membersOf, type Tree, textOf } from "../documents/tree.ts";
import { developmentOnly } from "../languages/development-only.ts";
import { withoutPeers } from "./parse-dependency-path.ts";

const PRODUCTION = ["dependencies", "optionalDependencies"];

/**
 * Which keys of `packages` are for development only. Lock file version 9 says it no longer at each package: it follows
 * from what the projects (`importers`) ask for and what each `snapshot` needs.
 */
export function developmentOnlyIn(lock: Tree): (key: string) => boolean {
  const snapshots = memberOf(lock, "snapshots");
  const importers = membersOf(memberOf(lock, "importers")).map(([, importer]) => importer);
  const isOnly = developmentOnly(
    {
      development: importers.flatMap((importer) => needed(importer, ["devDependencies"], snapshots)),
      production: importers.flatMap((importer) => needed(importer, PRODUCTION, snapshots)),
    },
    (key) => needed(memberOf(snapshots, key), PRODUCTION, snapshots),
  );
  const production = new Set<string>();
  for (const [key] of membersOf(snapshots)) {
    if (!isOnly(key)) {
      production.add(withoutPeers(key));
    }
  }
  const all = new Set(membersOf(snapshots).map(([key]) => withoutPeers(key)));
  return (key) => all.has(key) && !production.has(key);
}

/** Keys of the snapshots that the lists of dependencies name: `name: version`, or `name: { specifier, version }`. */
function needed(node: unknown, lists: readonly string[], snapshots: unknown): readonly string[] {
  return lists
    .flatMap((list) => membersOf(memberOf(node, list)))
    .map(([name, wanted]) => {
      const version = typeof wanted === "string" ? wanted : (textOf(wanted, "version") ?? "");
      // A package under another name (npm:…) is written with its own.
      return memberOf(snapshots, version) === undefined ? `${name}@${version}` : version;
    });
}
