// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseYamlTrees } from "../documents/parse-yaml-tree.ts";
import { isTree, memberOf, membersOf, type Tree, textOf } from "../documents/tree.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";
import { isLocalFolder } from "../npm-lock/npm-specifier.ts";
import { parseDependencyPath } from "./parse-dependency-path.ts";
import { developmentOnlyIn } from "./snapshots.ts";

/** `pnpm-lock.yaml` of lock file versions 5 to 9, without development dependencies. */
export const pnpmLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "pnpm-lock",
  version: "1",
  type: "npm",
  wants: isNamed("pnpm-lock.yaml"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  // pnpm 11 writes what its own configuration needs as a document before the project's.
  for (const lock of parseYamlTrees(text, claims)) {
    readLock(lock, claims);
  }
}

function readLock(lock: Tree, claims: PackageClaims): void {
  const isDevelopmentOnly = developmentOnlyIn(lock);
  for (const [key, entry] of membersOf(memberOf(lock, "packages"))) {
    if (textOf(entry, "dev") === "true" || isDevelopmentOnly(key) || isFolder(key, entry)) {
      continue;
    }
    const parsed = parseDependencyPath(key, textOf(lock, "lockfileVersion") ?? "");
    const version = textOf(entry, "version") ?? parsed?.version;
    if (!isTree(entry) || !isLocalFolder(version ?? "")) {
      claims.add(textOf(entry, "name") ?? parsed?.name, version);
    }
  }
}

function isFolder(key: string, entry: unknown): boolean {
  const resolution = memberOf(entry, "resolution");
  const kind = typeof resolution === "string" ? resolution : (textOf(resolution, "type") ?? "");
  return kind.includes("type: directory") || kind === "directory" || key.startsWith("link:");
}
