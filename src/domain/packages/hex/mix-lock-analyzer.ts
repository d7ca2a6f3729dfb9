// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { linesOf } from "../documents/lines-of.ts";
import { isNamed } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createLockFileAnalyzer } from "../languages/text-analyzer.ts";

/** `"app": {:hex, :package, "1.2.3", …`; the package may be written `:"with.dots"`, and old versions of mix begin with `%{`. */
const HEX = /^\s*(?:%\{)?"[^"\s]+": \{:hex, :("?)([^",\s]+)\1, "([^"\s]+)"/;
/** `"app": {:git, "address", "commit", …`. */
const GIT = /^\s*(?:%\{)?"([^"\s]+)": \{:git, "[^"\s]*", "([^"\s]+)"/;
const ENTRY = /^\s*(?:%\{)?"[^"\s]+": /;
const MAX_LINE = 65_536;

/** `mix.lock` of Elixir, which names the packages of all environments. */
export const mixLockAnalyzer: Analyzer = createLockFileAnalyzer({
  name: "mix-lock",
  version: "2",
  type: "hex",
  wants: isNamed("mix.lock"),
  read,
});

function read(text: string, claims: PackageClaims): void {
  for (const line of linesOf(text)) {
    // The interesting part stands at the beginning; hashes and what the package needs follow.
    const entry = line.slice(0, MAX_LINE);
    const hex = HEX.exec(entry);
    const git = hex === null ? GIT.exec(entry) : null;
    if (hex !== null) {
      claims.add(hex[2], hex[3]);
    } else if (git !== null) {
      claims.add(git[1], git[2]);
    } else if (ENTRY.test(entry)) {
      claims.addProblem("ENTRY_MALFORMED", "expected a package from hex or git");
    }
  }
}
