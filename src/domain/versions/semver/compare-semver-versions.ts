// SPDX-License-Identifier: Apache-2.0
// Single functions: the whole library is 47 files, which every start of the command line would read.
import compare from "semver/functions/compare.js";
import parse from "semver/functions/parse.js";

/**
 * The order of two npm versions (semver.org 2.0.0 through npm's own library, `loose` off), or `undefined` when one of
 * them is not a version. Build metadata does not count. The library refuses texts of more than 256 characters.
 */
export function compareSemverVersions(a: string, b: string): -1 | 0 | 1 | undefined {
  const left = parse(a);
  const right = parse(b);
  return left === null || right === null ? undefined : compare(left, right);
}
