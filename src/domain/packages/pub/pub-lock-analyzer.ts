// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseYamlTrees } from "../documents/parse-yaml-tree.ts";
import { memberOf, membersOf, textOf } from "../documents/tree.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";

/** Sources whose version means nothing: folders of the project, and parts of the SDK (always 0.0.0). */
const UNVERSIONED = new Set(["path", "sdk"]);

/** `pubspec.lock` of Dart and Flutter, without direct development dependencies; what those bring cannot be told apart. */
export const pubLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "pub-lock",
  version: "1",
  type: "pub",
  wants: isNamed("pubspec.lock"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  for (const [name, entry] of parseYamlTrees(text, claims).flatMap((each) => membersOf(memberOf(each, "packages")))) {
    const isWanted = textOf(entry, "dependency") !== "direct dev" && !UNVERSIONED.has(textOf(entry, "source") ?? "");
    if (isWanted) {
      claims.add(name, memberOf(entry, "version"));
    }
  }
}
