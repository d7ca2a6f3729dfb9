// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseJsonTree } from "../documents/parse-json-tree.ts";
import { memberOf } from "../documents/tree.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";
import { readComposerPackages } from "./read-composer-packages.ts";

/** `composer.lock`, without `packages-dev`. */
export const composerLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "composer-lock",
  version: "1",
  type: "composer",
  wants: isNamed("composer.lock"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  readComposerPackages(memberOf(parseJsonTree(text, claims), "packages"), claims);
}
