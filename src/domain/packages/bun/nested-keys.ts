// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { elementsOf, isTree, memberOf, membersOf, type Tree } from "../documents/tree.ts";
import { developmentOnly } from "../languages/development-only.ts";

const PRODUCTION = ["dependencies", "optionalDependencies", "peerDependencies"];

/** Folder → names of the packages directly in it. A key is the path of names from the top: `a/b` is the `b` that `a` finds. */
type Folders = ReadonlyMap<string, ReadonlySet<string>>;

/** Which keys of bun's `packages` are for development only. */
export function developmentOnlyIn(lock: Tree): (key: string) => boolean {
  const packages = memberOf(lock, "packages");
  const folders = foldersOf(membersOf(packages).map(([key]) => key));
  const workspaces = membersOf(memberOf(lock, "workspaces")).map(([, workspace]) => workspace);
  return developmentOnly(
    {
      development: workspaces.flatMap((each) => needed(each, ["devDependencies"], "", folders)),
      production: workspaces.flatMap((each) => needed(each, PRODUCTION, "", folders)),
    },
    (key) => needed(elementsOf(memberOf(packages, key)).find(isTree), PRODUCTION, key, folders),
  );
}

function foldersOf(keys: readonly string[]): Folders {
  const folders = new Map<string, Set<string>>();
  for (const key of keys) {
    const { folder, name } = splitKey(key);
    const names = folders.get(folder);
    if (names === undefined) {
      folders.set(folder, new Set([name]));
    } else {
      names.add(name);
    }
  }
  return folders;
}

function splitKey(key: string): { readonly folder: string; readonly name: string } {
  const last = key.lastIndexOf("/");
  const before = last > 0 ? key.lastIndexOf("/", last - 1) : -1;
  const slash = key.startsWith("@", before + 1) ? before : last;
  return { folder: key.slice(0, Math.max(0, slash)), name: key.slice(slash + 1) };
}

function needed(node: unknown, lists: readonly string[], from: string, folders: Folders): readonly string[] {
  const path = foldersAbove(from, folders);
  return lists
    .flatMap((list) => membersOf(memberOf(node, list)))
    .map(([name]) => {
      const folder = path.find((each) => folders.get(each)?.has(name) === true);
      return folder === undefined ? name : `${folder}/${name}`;
    });
}

/** The folders in which Node would look, the innermost first; of those only which hold something. */
function foldersAbove(from: string, folders: Folders): readonly string[] {
  const path: string[] = [];
  if (from.length <= LIMITS.maxFieldLength) {
    for (let folder = from; folder !== ""; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")))) {
      if (folders.has(folder)) {
        path.push(folder);
      }
    }
  }
  return path;
}
