// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import { compareDigits } from "../compare-digits.ts";
import { type ApkToken, parseApkVersion } from "./apk-version.ts";

/** Suffixes from oldest to newest; those before the gap come before the release itself. */
const PRE_RELEASE = ["alpha", "beta", "pre", "rc"];
const SUFFIXES = [...PRE_RELEASE, "cvs", "svn", "git", "hg", "p"];

/** What comes next, from oldest to newest, where one version has something else than the other, or nothing. */
const NEXT = ["preRelease", "end", "revision", "commit", "suffixNumber", "suffix", "letter", "fraction", "number"];

/**
 * The order of two Alpine versions as apk-tools 2.14 and 3 see it, or `undefined` when one of them is not an Alpine
 * version (apk-tools itself would say "equal" or "less" there, which is a guess).
 */
export function compareApkVersions(a: string, b: string): -1 | 0 | 1 | undefined {
  const left = parseApkVersion(a);
  const right = parseApkVersion(b);
  if (left === undefined || right === undefined) {
    return undefined;
  }
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareTokens(left[index], right[index]);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

function compareTokens(a: ApkToken | undefined, b: ApkToken | undefined): -1 | 0 | 1 {
  if (a !== undefined && b !== undefined && a.kind === b.kind) {
    return compareSameKind(a, b);
  }
  return compareRanks(NEXT.indexOf(nextKind(a)), NEXT.indexOf(nextKind(b)));
}

function compareSameKind(a: ApkToken, b: ApkToken): -1 | 0 | 1 {
  switch (a.kind) {
    case "fraction":
      // With a leading zero the digits are decimal places (1.01 < 1.1), as in Gentoo's rules.
      return a.text.startsWith("0") || b.text.startsWith("0")
        ? compareText(a.text, b.text)
        : compareDigits(a.text, b.text);
    case "suffix":
      return compareRanks(SUFFIXES.indexOf(a.text), SUFFIXES.indexOf(b.text));
    case "letter":
    case "commit":
      return compareText(a.text, b.text);
    default:
      return compareDigits(a.text, b.text);
  }
}

function nextKind(token: ApkToken | undefined): string {
  if (token === undefined) {
    return "end";
  }
  return token.kind === "suffix" && PRE_RELEASE.includes(token.text) ? "preRelease" : token.kind;
}

function compareRanks(a: number, b: number): -1 | 0 | 1 {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}
