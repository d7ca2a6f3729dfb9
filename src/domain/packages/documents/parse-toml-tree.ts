// SPDX-License-Identifier: Apache-2.0
import { parse } from "smol-toml";
import { LIMITS, messageOf } from "#base";
import type { PackageClaims } from "../languages/package-claims.ts";
import { quoteText } from "../untrusted-text.ts";
import { tomlShapeProblem } from "./document-shape.ts";
import type { Tree } from "./tree.ts";

/** The tables of a TOML file; `undefined` after a problem. */
export function parseTomlTree(text: string, claims: PackageClaims): Tree | undefined {
  const shapeProblem = tomlShapeProblem(text);
  if (shapeProblem !== undefined) {
    claims.addProblem("LIMIT_EXCEEDED", `not read: ${shapeProblem}`);
    return undefined;
  }
  try {
    // Numbers are not used, and one that JavaScript cannot hold must not spoil the file.
    return parse(text, { maxDepth: LIMITS.maxJsonDepth, integersAsBigInt: true });
  } catch (error) {
    const [firstLine = ""] = messageOf(error).split("\n", 1);
    claims.addProblem("FILE_MALFORMED", `not TOML: ${quoteText(firstLine, 160)}`);
    return undefined;
  }
}
