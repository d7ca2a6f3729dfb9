// SPDX-License-Identifier: Apache-2.0
import type { PackageClaims } from "../languages/package-claims.ts";
import { parseBlockYaml, type YamlTree } from "./parse-block-yaml.ts";

/** The documents of a lock file in YAML. Lines that are not understood are one problem, and the rest counts. */
export function parseYamlTrees(text: string, claims: PackageClaims): readonly YamlTree[] {
  const { documents, badLines } = parseBlockYaml(text);
  const [first] = badLines;
  if (documents.length === 0) {
    claims.addProblem("FILE_MALFORMED", "expected a block mapping in YAML");
  } else if (first !== undefined) {
    claims.addProblem("ENTRY_MALFORMED", `line ${first} is not understood, nor ${badLines.length - 1} others`);
  }
  return documents;
}
