// SPDX-License-Identifier: Apache-2.0
// Single functions: the whole library is 47 files, which every start of the command line would read.
import compare from "semver/functions/compare.js";
import parse from "semver/functions/parse.js";
import { compareSemantic, parseSemanticVersion } from "../semantic-version.ts";

/**
 * The order of two npm versions (semver.org 2.0.0 through npm's own library, `loose` off), or `undefined` when one of
 * them is not a version. Build metadata does not count. What only exceeds the library (numbers beyond 2^53, more than 256
 * characters) is compared exactly by the same clauses.
 */
export function compareSemverVersions(a: string, b: string): -1 | 0 | 1 | undefined {
  const left = parse(a);
  const right = parse(b);
  if (left !== null && right !== null) {
    return compare(left, right);
  }
  const exactLeft = parseSemanticVersion(a.replace(/^v/, ""));
  const exactRight = parseSemanticVersion(b.replace(/^v/, ""));
  return exactLeft === undefined || exactRight === undefined ? undefined : compareSemantic(exactLeft, exactRight);
}
