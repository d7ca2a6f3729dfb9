// SPDX-License-Identifier: Apache-2.0
import parse from "spdx-expression-parse";

/** An expression of SPDX as a tree. */
export type Expression = ReturnType<typeof parse>;

/** Brackets within brackets; the parser calls itself for each. */
const MAX_DEPTH = 50;

/** The tree of an expression; `undefined` for what is none. Never throws. */
export function parseExpression(text: string): Expression | undefined {
  if ((text.match(/\(/g)?.length ?? 0) > MAX_DEPTH || (text.match(/\s(?:AND|OR)\s/g)?.length ?? 0) > MAX_DEPTH) {
    return undefined;
  }
  try {
    return parse(text);
  } catch {
    // Anything may stand in the field of a licence; what is no expression is judged by its text alone.
    return undefined;
  }
}
