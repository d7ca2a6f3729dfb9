// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseJsonTree } from "../documents/parse-json-tree.ts";
import { stripJsonComments } from "../documents/strip-json-comments.ts";
import { elementsOf, memberOf, membersOf } from "../documents/tree.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";
import { isLocalFolder, splitAtVersion } from "../npm-lock/npm-specifier.ts";
import { developmentOnlyIn } from "./nested-keys.ts";

/** Bun's lock file in text (`bun.lock`), without development dependencies. The older `bun.lockb` is binary and not read. */
export const bunLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "bun-lock",
  version: "1",
  type: "npm",
  wants: isNamed("bun.lock"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  const lock = parseJsonTree(stripJsonComments(text), claims);
  if (lock === undefined) {
    return;
  }
  const isDevelopmentOnly = developmentOnlyIn(lock);
  for (const [key, entry] of membersOf(memberOf(lock, "packages"))) {
    const [resolution] = elementsOf(entry);
    const parsed = typeof resolution === "string" ? splitAtVersion(resolution) : undefined;
    if (!isDevelopmentOnly(key) && !isLocalFolder(parsed?.version ?? "")) {
      claims.add(parsed?.name, parsed?.version);
    }
  }
}
