// SPDX-License-Identifier: Apache-2.0
import { compareSemantic, parseSemanticVersion } from "../semantic-version.ts";

/** The order of two Hex versions as Elixir's `Version` sees it: strict Semantic Versioning, or `undefined` when one is none. */
export function compareHexVersions(a: string, b: string): -1 | 0 | 1 | undefined {
  const left = parseSemanticVersion(a);
  const right = parseSemanticVersion(b);
  return left === undefined || right === undefined ? undefined : compareSemantic(left, right);
}
