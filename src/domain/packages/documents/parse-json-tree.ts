// SPDX-License-Identifier: Apache-2.0
import type { PackageClaims } from "../languages/package-claims.ts";
import { jsonShapeProblem } from "./document-shape.ts";
import { jsonFailure } from "./json-failure.ts";
import { isTree, type Tree } from "./tree.ts";

/** The object that the text is in JSON; `undefined` after a problem. V8 reads nesting of any depth without recursion. */
export function parseJsonTree(text: string, claims: PackageClaims): Tree | undefined {
  const value = parseJsonValue(text, claims);
  if (value !== undefined && !isTree(value)) {
    claims.addProblem("FILE_MALFORMED", "expected a JSON object");
    return undefined;
  }
  return value;
}

/** Any JSON value; `undefined` after a problem. */
export function parseJsonValue(text: string, claims: PackageClaims): unknown {
  const shapeProblem = jsonShapeProblem(text);
  if (shapeProblem !== undefined) {
    claims.addProblem("LIMIT_EXCEEDED", `not read: ${shapeProblem}`);
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    claims.addProblem("FILE_MALFORMED", jsonFailure(error));
    return undefined;
  }
}
