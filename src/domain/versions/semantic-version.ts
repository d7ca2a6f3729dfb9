// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import { compareDigits } from "./compare-digits.ts";

/** A semantic version without its build metadata, which does not count; numbers are runs of digits of any length. */
export interface SemanticVersion {
  readonly numbers: readonly string[];
  /** Empty: a release. */
  readonly preRelease: readonly string[];
}

const NUMBER = /^(?:0|[1-9][0-9]*)$/;
const IDENTIFIER = /^[0-9A-Za-z-]+$/;

/**
 * The parts of `MAJOR.MINOR.PATCH[-PRE-RELEASE][+BUILD]` (semver.org 2.0.0, clauses 2, 9, 10), or `undefined` when the text does not
 * follow that grammar. `minNumbers` below 3 lets the last numbers be left out where nothing follows, as in Go's `v1.2`.
 */
export function parseSemanticVersion(text: string, minNumbers = 3): SemanticVersion | undefined {
  const plus = text.indexOf("+");
  const main = plus === -1 ? text : text.slice(0, plus);
  const hyphen = main.indexOf("-");
  const numbers = (hyphen === -1 ? main : main.slice(0, hyphen)).split(".");
  const preRelease = hyphen === -1 ? [] : main.slice(hyphen + 1).split(".");
  const isShort = numbers.length < 3 && hyphen === -1 && plus === -1;
  const isValid =
    (numbers.length === 3 || (isShort && numbers.length >= minNumbers)) &&
    numbers.every((each) => NUMBER.test(each)) &&
    preRelease.every((each) => IDENTIFIER.test(each) && (NUMBER.test(each) || !/^[0-9]+$/.test(each))) &&
    (plus === -1 ||
      text
        .slice(plus + 1)
        .split(".")
        .every((each) => IDENTIFIER.test(each)));
  return isValid ? { numbers, preRelease } : undefined;
}

/** The order of two semantic versions (semver.org 2.0.0, clause 11); a number that was left out is 0. */
export function compareSemantic(a: SemanticVersion, b: SemanticVersion): -1 | 0 | 1 {
  for (let index = 0; index < 3; index += 1) {
    const order = compareDigits(a.numbers[index] ?? "", b.numbers[index] ?? "");
    if (order !== 0) {
      return order;
    }
  }
  return comparePreReleases(a.preRelease, b.preRelease, compareText);
}

/** The order of two lists of pre-release identifiers; `compareWords` orders those that are not numbers. */
export function comparePreReleases(
  a: readonly string[],
  b: readonly string[],
  compareWords: (a: string, b: string) => -1 | 0 | 1,
): -1 | 0 | 1 {
  if (a.length === 0 || b.length === 0) {
    return a.length === b.length ? 0 : a.length === 0 ? 1 : -1;
  }
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareIdentifiers(a[index] ?? "", b[index] ?? "", compareWords);
    if (order !== 0) {
      return order;
    }
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}

function compareIdentifiers(a: string, b: string, compareWords: (a: string, b: string) => -1 | 0 | 1): -1 | 0 | 1 {
  const isNumber = /^[0-9]+$/.test(a);
  if (isNumber !== /^[0-9]+$/.test(b)) {
    return isNumber ? -1 : 1;
  }
  return isNumber ? compareDigits(a, b) : compareWords(a, b);
}
