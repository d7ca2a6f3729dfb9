// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";
import { readBerryLock } from "./read-berry-lock.ts";
import { readClassicLock } from "./read-classic-lock.ts";

/** `yarn.lock` of Yarn 1 and of Yarn 2 and later. Which dependencies are for development stands only in `package.json`. */
export const yarnLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "yarn-lock",
  version: "1",
  type: "npm",
  wants: isNamed("yarn.lock"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  if (/^__metadata:/m.test(text)) {
    readBerryLock(text, claims);
  } else {
    readClassicLock(text, claims);
  }
}
