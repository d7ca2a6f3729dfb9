// SPDX-License-Identifier: Apache-2.0
import type { AnalysisContext } from "../analyzer.ts";
import { PathBudget } from "../path-budget.ts";
import type { RpmHeader } from "./rpm-header.ts";

/** States of files (rpmfiles.h) that say that what lies there is another package's, or nothing. */
const NOT_OURS: ReadonlySet<number> = new Set([
  1, // replaced
  2, // not installed
  4, // wrong colour: the other architecture's file won
]);

/** Paths without leading slash that the package owns, of those that matter; `isCut`: there were more than any package has. */
export function ownedPaths(
  header: RpmHeader,
  context: AnalysisContext | undefined,
): { readonly paths: readonly string[]; readonly isCut: boolean } {
  const names = header.texts("baseNames");
  const folders = header.texts("folderNames");
  const indexes = header.numbers("folderIndexes");
  const states = header.bytes("fileStates");
  const whole = header.texts("oldFileNames");
  const budget = new PathBudget(lengthOf(names) + lengthOf(folders) + lengthOf(whole), context);
  const kept: (string | undefined)[] = [];
  for (let index = 0; index < names.length && !budget.isSpent; index += 1) {
    const folder = folders[indexes[index] ?? -1];
    if (folder !== undefined && !NOT_OURS.has(states[index] ?? 0)) {
      kept.push(budget.pathOf(folder, names[index] ?? ""));
    }
  }
  kept.push(...whole.map((path) => budget.pathOf("", path)));
  return { paths: budget.isSpent ? [] : kept.filter((path) => path !== undefined), isCut: budget.isSpent };
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length + 1, 0);
}
