// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import type { AnalysisContext, OwnedFiles } from "../analyzer.ts";
import { PathBudget } from "../path-budget.ts";
import { isCleanText } from "../untrusted-text.ts";

/**
 * The files of each package in apk's installed database (apk-tools, "installed database"): after the package's fields `F:`
 * names a folder, and each `R:` behind it a file in it. `isCut`: there were more than any database has.
 */
export function ownedFiles(
  text: string,
  context: AnalysisContext | undefined,
): { readonly owned: readonly OwnedFiles[]; readonly isCut: boolean } {
  const budget = new PathBudget(text.length, context);
  const owned: OwnedFiles[] = [];
  let current = { name: "", version: "", folder: "", paths: [] as string[] };
  for (let start = 0; start <= text.length && !budget.isSpent && owned.length < LIMITS.maxPackages; ) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    if (end === start) {
      flush();
    } else if (text[start + 1] === ":") {
      readField(text[start] ?? "", text.slice(start + 2, end));
    }
    start = end + 1;
  }
  flush();
  return { owned: budget.isSpent ? [] : owned, isCut: budget.isSpent };

  function readField(field: string, value: string): void {
    if (field === "P") {
      current.name = value;
    } else if (field === "V") {
      current.version = value;
    } else if (field === "F") {
      current.folder = value === "" ? "" : `${value}/`;
    } else if (field === "R") {
      const path = budget.pathOf(current.folder, value);
      if (path !== undefined) {
        current.paths.push(path);
      }
    }
  }

  function flush(): void {
    const { name, version, paths } = current;
    if (paths.length > 0 && isCleanText(name) && isCleanText(version)) {
      owned.push({ type: "apk", name, version, paths });
    }
    current = { name: "", version: "", folder: "", paths: [] };
  }
}
