// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import { compareDigits } from "../compare-digits.ts";
import { parseRpmVersion } from "./rpm-version.ts";

const TILDE = 0x7e;
const CARET = 0x5e;

/**
 * The order of two rpm versions as rpm itself sees it (`rpm.vercmp`, rpm-version(7)), or `undefined` when one of them is not
 * an rpm version. A version without a release is older than the same with one.
 */
export function compareRpmVersions(a: string, b: string): -1 | 0 | 1 | undefined {
  const left = parseRpmVersion(a);
  const right = parseRpmVersion(b);
  if (left === undefined || right === undefined) {
    return undefined;
  }
  return (
    compareDigits(left.epoch, right.epoch) ||
    compareParts(left.version, right.version) ||
    compareReleases(left.release, right.release)
  );
}

function compareReleases(a: string | undefined, b: string | undefined): -1 | 0 | 1 {
  if (a === undefined || b === undefined) {
    return a === b ? 0 : a === undefined ? -1 : 1;
  }
  return compareParts(a, b);
}

/** rpmvercmp: takes stretches of digits and of letters in turn from both until a pair differs; other characters part them. */
function compareParts(a: string, b: string): -1 | 0 | 1 {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    i = skipSeparators(a, i);
    j = skipSeparators(b, j);
    const mark = compareMarks(a, i, b, j);
    if (mark === "same") {
      i += 1;
      j += 1;
      continue;
    }
    if (mark !== 0) {
      return mark;
    }
    if (i >= a.length || j >= b.length) {
      break;
    }
    const endOfA = endOfSegment(a, i);
    const endOfB = endOfSegment(b, j);
    const order = compareSegments(a.slice(i, endOfA), b.slice(j, endOfB));
    if (order !== 0) {
      return order;
    }
    i = endOfA;
    j = endOfB;
  }
  // what is left over makes the longer one newer
  return i < a.length ? 1 : j < b.length ? -1 : 0;
}

/** A tilde comes before everything, even the end; a caret after the end and before everything else. */
function compareMarks(a: string, i: number, b: string, j: number): -1 | 0 | 1 | "same" {
  const left = a.charCodeAt(i);
  const right = b.charCodeAt(j);
  for (const mark of [TILDE, CARET]) {
    if (left === mark && right === mark) {
      return "same";
    }
    if (left === mark || right === mark) {
      const isOtherAtEnd = left === mark ? j >= b.length : i >= a.length;
      const markedIsNewer = mark === CARET && isOtherAtEnd;
      return (left === mark) === markedIsNewer ? 1 : -1;
    }
  }
  return 0;
}

/** Numbers are newer than words; numbers compare by value, words by their bytes. */
function compareSegments(a: string, b: string): -1 | 0 | 1 {
  const isNumber = isDigit(a.charCodeAt(0));
  if (isNumber !== isDigit(b.charCodeAt(0))) {
    return isNumber ? 1 : -1;
  }
  return isNumber ? compareDigits(a, b) : compareText(a, b);
}

function skipSeparators(text: string, start: number): number {
  let at = start;
  while (at < text.length && isSeparator(text.charCodeAt(at))) {
    at += 1;
  }
  return at;
}

function endOfSegment(text: string, start: number): number {
  const isKind = isDigit(text.charCodeAt(start)) ? isDigit : isLetter;
  let end = start;
  while (end < text.length && isKind(text.charCodeAt(end))) {
    end += 1;
  }
  return end;
}

function isSeparator(code: number): boolean {
  return !isDigit(code) && !isLetter(code) && code !== TILDE && code !== CARET;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}
