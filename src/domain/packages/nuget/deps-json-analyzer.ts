// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "../analyzer.ts";
import { parseJsonTree } from "../documents/parse-json-tree.ts";
import { isTree, memberOf, membersOf, type Tree, textOf } from "../documents/tree.ts";
import { hasEnding } from "../languages/file-names.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { createInstalledAnalyzer } from "../languages/text-analyzer.ts";

const RUNTIME_PACK = "runtimepack.";
/** What a package brings into the folder of the program. One without them only served to build it. */
const ASSETS = ["runtime", "runtimeTargets", "native", "resources"];

/** `NAME.deps.json` beside a .NET program: the NuGet packages whose files were published with it. */
export const depsJsonAnalyzer: Analyzer = createInstalledAnalyzer({
  name: "nuget-deps",
  version: "1",
  type: "nuget",
  wants: hasEnding([".deps.json"]),
  read,
});

function read(text: string, claims: PackageClaims): void {
  const document = parseJsonTree(text, claims);
  if (document === undefined) {
    return;
  }
  const targets = targetsOf(document);
  for (const [key, library] of membersOf(memberOf(document, "libraries"))) {
    const kind = textOf(library, "type")?.toLowerCase();
    if ((kind !== "package" && kind !== "runtimepack") || !isPublished(key, targets)) {
      continue;
    }
    const slash = key.indexOf("/");
    const name = slash < 0 ? key : key.slice(0, slash);
    // A program that brings the runtime names its package with a prefix.
    const isRuntime = kind === "runtimepack" && name.startsWith(RUNTIME_PACK);
    claims.add(isRuntime ? name.slice(RUNTIME_PACK.length) : name, slash < 0 ? undefined : key.slice(slash + 1));
  }
}

/** The targets for which the program was built; `runtimeTarget` is the one that runs. */
function targetsOf(document: Tree): unknown {
  const target = memberOf(document, "runtimeTarget");
  const name = typeof target === "string" ? target : textOf(target, "name");
  return memberOf(memberOf(document, "targets"), name ?? "");
}

/** In doubt it counts as there: a target that is missing, or does not know the library, says nothing. */
function isPublished(key: string, target: unknown): boolean {
  const library = memberOf(target, key);
  return !isTree(library) || ASSETS.some((asset) => memberOf(library, asset) !== undefined);
}
