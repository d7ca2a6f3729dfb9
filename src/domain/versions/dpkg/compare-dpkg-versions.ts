// SPDX-License-Identifier: Apache-2.0
import { compareDigits } from "../compare-digits.ts";
import { parseDpkgVersion } from "./dpkg-version.ts";

const TILDE = 0x7e;

/** The order of two Debian versions (Debian Policy 5.6.12), or `undefined` when one of them is not a Debian version. */
export function compareDpkgVersions(a: string, b: string): -1 | 0 | 1 | undefined {
  const left = parseDpkgVersion(a);
  const right = parseDpkgVersion(b);
  if (left === undefined || right === undefined) {
    return undefined;
  }
  return (
    compareDigits(left.epoch, right.epoch) ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  );
}

/** Takes stretches of non-digits and of digits in turn from both parts until a pair differs. */
function compareParts(a: string, b: string): -1 | 0 | 1 {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while (isNonDigit(a, i) || isNonDigit(b, j)) {
      const difference = weight(a, i) - weight(b, j);
      if (difference !== 0) {
        return difference < 0 ? -1 : 1;
      }
      i += 1;
      j += 1;
    }
    const endOfA = endOfDigits(a, i);
    const endOfB = endOfDigits(b, j);
    const order = compareDigits(a.slice(i, endOfA), b.slice(j, endOfB));
    if (order !== 0) {
      return order;
    }
    i = endOfA;
    j = endOfB;
  }
  return 0;
}

/** "all the letters sort earlier than all the non-letters and so that a tilde sorts before anything, even the end of a part" */
function weight(text: string, index: number): number {
  if (!isNonDigit(text, index)) {
    return 0;
  }
  const code = text.charCodeAt(index);
  if (code === TILDE) {
    return -1;
  }
  return isLetter(code) ? code : code + 256;
}

function isNonDigit(text: string, index: number): boolean {
  return index < text.length && !isDigit(text.charCodeAt(index));
}

function endOfDigits(text: string, start: number): number {
  let end = start;
  while (end < text.length && isDigit(text.charCodeAt(end))) {
    end += 1;
  }
  return end;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}
