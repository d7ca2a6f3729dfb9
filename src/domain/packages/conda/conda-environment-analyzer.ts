// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseYamlTrees } from "../documents/parse-yaml-tree.ts";
import { elementsOf, memberOf } from "../documents/tree.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";
import { pinnedRequirement } from "../python-locks/pinned-requirement.ts";

/** `name=version` or `name==version`, a channel before it and a build behind it; not a range and not `1.2.*`. */
const PINNED = /^(?:[^\s:]+::)?([a-z0-9_][a-z0-9._-]*)\s*={1,2}\s*([a-z0-9][a-z0-9._!+]*)(?:=[a-z0-9._*]+)?$/i;
const MAX_LENGTH = 1_024;

/** `environment.yml` of Conda: what it pins to a version, of Conda and of pip. */
export const condaEnvironmentAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "conda-environment",
  version: "1",
  type: "conda",
  wants: isNamed("environment.yml", "environment.yaml"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  // Other programs name files like this, too: without the list it is none of Conda's, whatever is in it.
  if (!/^dependencies:/m.test(text)) {
    return;
  }
  for (const wanted of parseYamlTrees(text, claims).flatMap((each) => elementsOf(memberOf(each, "dependencies")))) {
    if (typeof wanted === "string") {
      const [, name, version] = (wanted.length <= MAX_LENGTH ? PINNED.exec(wanted) : null) ?? [];
      if (name !== undefined) {
        claims.add(name.toLowerCase(), version);
      }
      continue;
    }
    for (const requirement of elementsOf(memberOf(wanted, "pip"))) {
      const pinned = typeof requirement === "string" ? pinnedRequirement(requirement) : undefined;
      if (pinned !== undefined) {
        claims.add(pinned.name, pinned.version, { type: "pypi" });
      }
    }
  }
}
