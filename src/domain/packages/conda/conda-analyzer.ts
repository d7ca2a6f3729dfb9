// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseJsonTree } from "../documents/parse-json-tree.ts";
import { memberOf } from "../documents/tree.ts";
import { hasEnding } from "../languages/file-names.ts";
import { licenseList } from "../languages/license-list.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createInstalledAnalyzer } from "../languages/text-analyzer.ts";

const RECORD = /(?:^|\/)conda-meta\/[^/]+\.json$/;

/**
 * Installed Conda packages: one record each in `conda-meta` of an environment. Those that are Python packages bring
 * their dist-info, too, which the `pypi` analyzer reads.
 */
export const condaAnalyzer: Analyzer = createInstalledAnalyzer({
  name: "conda",
  version: "1",
  type: "conda",
  probes: ["x.json"],
  wants: hasEnding([".json"], (path) => RECORD.test(path)),
  read,
});

function read(text: string, claims: PackageClaims): void {
  const record = parseJsonTree(text, claims);
  if (record !== undefined) {
    claims.add(memberOf(record, "name"), memberOf(record, "version"), {
      licenses: licenseList(memberOf(record, "license")),
    });
  }
}
