// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import { compareDigits } from "../compare-digits.ts";
import { type Pep440Version, parsePep440Version } from "./pep440-version.ts";

/** The order of two Python versions (PEP 440, "Summary of permitted suffixes and relative ordering"), or `undefined` when one is none. */
export function comparePep440Versions(a: string, b: string): -1 | 0 | 1 | undefined {
  const left = parsePep440Version(a);
  const right = parsePep440Version(b);
  if (left === undefined || right === undefined) {
    return undefined;
  }
  return (
    compareDigits(left.epoch, right.epoch) ||
    compareReleases(left.release, right.release) ||
    comparePre(left, right) ||
    compareOptional(left.post, right.post, -1) ||
    compareOptional(left.dev, right.dev, 1) ||
    compareLocal(left.local, right.local)
  );
}

function compareReleases(a: readonly string[], b: readonly string[]): -1 | 0 | 1 {
  const length = Math.max(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareDigits(a[index] ?? "", b[index] ?? "");
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

/** Within a release: its own development version, then a, b, rc, then all that is no pre-release. */
function comparePre(a: Pep440Version, b: Pep440Version): -1 | 0 | 1 {
  const left = preRank(a);
  const right = preRank(b);
  if (left !== right) {
    return left < right ? -1 : 1;
  }
  return compareDigits(a.pre?.number ?? "", b.pre?.number ?? "");
}

function preRank(version: Pep440Version): number {
  if (version.pre !== undefined) {
    return { a: 1, b: 2, rc: 3 }[version.pre.letter];
  }
  return version.post === undefined && version.dev !== undefined ? 0 : 4;
}

function compareOptional(a: string | undefined, b: string | undefined, absent: -1 | 1): -1 | 0 | 1 {
  if (a === undefined || b === undefined) {
    return a === b ? 0 : a === undefined ? absent : absent === 1 ? -1 : 1;
  }
  return compareDigits(a, b);
}

/** Numbers are newer than words, words compare as text, more parts are newer (PEP 440, "Local version identifiers"). */
function compareLocal(a: readonly string[] | undefined, b: readonly string[] | undefined): -1 | 0 | 1 {
  const left = a ?? [];
  const right = b ?? [];
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareLocalParts(left[index] ?? "", right[index] ?? "");
    if (order !== 0) {
      return order;
    }
  }
  return left.length === right.length ? 0 : left.length < right.length ? -1 : 1;
}

function compareLocalParts(a: string, b: string): -1 | 0 | 1 {
  const isNumber = /^[0-9]+$/.test(a);
  if (isNumber !== /^[0-9]+$/.test(b)) {
    return isNumber ? 1 : -1;
  }
  return isNumber ? compareDigits(a, b) : compareText(a, b);
}
