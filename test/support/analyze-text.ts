// SPDX-License-Identifier: Apache-2.0
import type { Analyzer } from "#packages";

/** What an analyzer says about a text: `name version`, with what else it says of the package behind it; and codes of problems. */
export interface TextAnalysis {
  readonly packages: readonly string[];
  readonly problems: readonly string[];
}

/** Analyzes a text as the file at `path`. Type and `isDeclared` are left out: they are the same for all packages of an analyzer. */
export function analyzeText(analyzer: Analyzer, text: string, path = "x"): TextAnalysis {
  const { packages, problems } = analyzer.analyze({ path, bytes: Buffer.from(text) });
  return {
    packages: packages.map(({ name, version, licenses }) =>
      [name, version, ...(licenses === undefined ? [] : [`[${licenses.join(", ")}]`])].join(" "),
    ),
    problems: problems.map((problem) => problem.code),
  };
}
