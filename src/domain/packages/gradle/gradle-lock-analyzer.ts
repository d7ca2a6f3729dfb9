// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { linesOf } from "../documents/lines-of.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";

/** `gradle.lockfile` of Gradle 6.8 and later, without what only configurations of tests use. */
export const gradleLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "gradle-lock",
  version: "1",
  type: "maven",
  wants: isNamed("gradle.lockfile"),
  read,
});

/** `group:artifact:version=configuration,configuration`; `empty=…` names the configurations without dependencies. */
function read(text: string, claims: PackageClaims): void {
  for (const line of linesOf(text)) {
    if (line === "" || line.startsWith("#") || line.startsWith("empty=")) {
      continue;
    }
    const equals = line.indexOf("=");
    const coordinates = equals < 0 ? line : line.slice(0, equals);
    const colon = coordinates.lastIndexOf(":");
    if (equals < 0 || !isForTests(line.slice(equals + 1))) {
      claims.add(coordinates.slice(0, Math.max(0, colon)), coordinates.slice(colon + 1));
    }
  }
}

function isForTests(configurations: string): boolean {
  return configurations
    .split(",", 1_000)
    .every((each) => /^(?:test|integrationTest|androidTest)[A-Z]/.test(each.trim()));
}
