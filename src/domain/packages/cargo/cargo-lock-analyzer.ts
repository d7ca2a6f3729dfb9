// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseTomlTree } from "../documents/parse-toml-tree.ts";
import { elementsOf, memberOf } from "../documents/tree.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";

/** `Cargo.lock` of all versions. It does not say which dependencies are for development or for another platform. */
export const cargoLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "cargo-lock",
  version: "1",
  type: "cargo",
  wants: isNamed("Cargo.lock"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  for (const entry of elementsOf(memberOf(parseTomlTree(text, claims), "package"))) {
    // What has no source is the project itself, or a member of its workspace.
    if (memberOf(entry, "source") !== undefined) {
      claims.add(memberOf(entry, "name"), memberOf(entry, "version"));
    }
  }
}
