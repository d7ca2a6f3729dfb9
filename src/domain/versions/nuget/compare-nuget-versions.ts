// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import { compareDigits } from "../compare-digits.ts";
import { comparePreReleases } from "../semantic-version.ts";

const NUMBER = /^[0-9]+$/;
const IDENTIFIER = /^[0-9A-Za-z-]+$/;

interface NugetVersion {
  /** One to four; those that were left out are 0. */
  readonly numbers: readonly string[];
  /** In upper case, because case does not count. */
  readonly preRelease: readonly string[];
}

/**
 * The order of two NuGet versions (`NuGet.Versioning`, its default comparison), or `undefined` when one is none: up to four numbers,
 * then pre-release identifiers in any case; build metadata does not count. Numbers of any size compare by value.
 */
export function compareNugetVersions(a: string, b: string): -1 | 0 | 1 | undefined {
  const left = parseNugetVersion(a);
  const right = parseNugetVersion(b);
  if (left === undefined || right === undefined) {
    return undefined;
  }
  for (let index = 0; index < 4; index += 1) {
    const order = compareDigits(left.numbers[index] ?? "", right.numbers[index] ?? "");
    if (order !== 0) {
      return order;
    }
  }
  return comparePreReleases(left.preRelease, right.preRelease, compareText);
}

function parseNugetVersion(text: string): NugetVersion | undefined {
  const trimmed = text.trim();
  const plus = trimmed.indexOf("+");
  const main = plus === -1 ? trimmed : trimmed.slice(0, plus);
  const hyphen = main.indexOf("-");
  const numbers = (hyphen === -1 ? main : main.slice(0, hyphen)).split(".");
  const preRelease = hyphen === -1 ? [] : main.slice(hyphen + 1).split(".");
  const metadata = plus === -1 ? [] : trimmed.slice(plus + 1).split(".");
  const isValid =
    numbers.length <= 4 &&
    numbers.every((each) => NUMBER.test(each)) &&
    preRelease.every((each) => IDENTIFIER.test(each)) &&
    metadata.every((each) => IDENTIFIER.test(each));
  return isValid ? { numbers, preRelease: preRelease.map((each) => each.toUpperCase()) } : undefined;
}
