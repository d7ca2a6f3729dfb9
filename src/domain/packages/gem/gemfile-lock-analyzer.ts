// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { linesOf } from "../documents/lines-of.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";

/** Sections whose gems come from elsewhere; those of PATH are folders of the project. */
const SECTIONS = new Set(["GEM", "GIT", "PLUGIN SOURCE"]);
/** A gem with its version, and the platform when it was built for one: indented by four, what it needs by six. */
const GEM = /^ {4}([^\s()]+) \(([^()\s-]+)(?:-[^()\s]+)?\)$/;

/** `Gemfile.lock` and `gems.locked` of Bundler, with the gems of all groups: which group a gem is for stands in the Gemfile. */
export const gemfileLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "gemfile-lock",
  version: "1",
  type: "gem",
  wants: isNamed("Gemfile.lock", "gems.locked"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  let isWanted = false;
  for (const line of linesOf(text)) {
    if (line !== "" && !line.startsWith(" ")) {
      isWanted = SECTIONS.has(line);
    } else if (isWanted && line.startsWith("    ") && line[4] !== " ") {
      const [, name, version] = GEM.exec(line) ?? [];
      claims.add(name, version);
    }
  }
}
