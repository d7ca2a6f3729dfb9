// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { linesOf } from "../documents/lines-of.ts";
import { fileNameOf, hasEnding } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";
import { pinnedRequirement } from "./pinned-requirement.ts";

const FILE_NAME = /^(?:[\w.-]*[._-])?requirements(?:[._-][\w.-]*)?\.txt$/i;
/** By convention what only those who work on the project install. */
const DEVELOPMENT = /(?:^|[._-])(?:dev|develop|development|test|tests|testing|doc|docs|lint|ci|build)(?=[._-])/i;

const DEVELOPMENT_FOLDER = /(?:^|\/)(?:docs?|tests?|testing)\/[^/]*$/i;

/** Requirement files of pip: what is pinned with `==` or `===`. What is a range says nothing about what is installed. */
export const requirementsAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "requirements",
  version: "1",
  type: "pypi",
  wants: hasEnding([".txt"], (path) => isRequirementsName(fileNameOf(path)) && !DEVELOPMENT_FOLDER.test(path)),
  read,
});

function isRequirementsName(name: string): boolean {
  return name.length <= 256 && FILE_NAME.test(name) && !DEVELOPMENT.test(name);
}

function read(text: string, claims: PackageClaims): void {
  for (const line of linesOf(text)) {
    const pinned = pinnedRequirement(line);
    if (pinned !== undefined) {
      claims.add(pinned.name, pinned.version);
    }
  }
}
