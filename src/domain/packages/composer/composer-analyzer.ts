// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseJsonValue } from "../documents/parse-json-tree.ts";
import { memberOf } from "../documents/tree.ts";
import { hasEnding } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createInstalledAnalyzer } from "../languages/text-analyzer.ts";
import { readComposerPackages } from "./read-composer-packages.ts";

/** Installed PHP packages: `composer/installed.json` in the vendor folder, whatever that is named. */
export const composerAnalyzer: Analyzer = createInstalledAnalyzer({
  name: "composer",
  version: "1",
  type: "composer",
  probes: ["installed.json"],
  wants: hasEnding(["/composer/installed.json"]),
  read,
});

function read(text: string, claims: PackageClaims): void {
  const installed = parseJsonValue(text, claims);
  // Composer 1 writes a list, Composer 2 an object with the list.
  const packages = Array.isArray(installed) ? installed : memberOf(installed, "packages");
  if (installed !== undefined && !Array.isArray(packages)) {
    claims.addProblem("FILE_MALFORMED", "expected a list of packages");
  }
  readComposerPackages(packages, claims);
}
