// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import { compareDigits } from "../compare-digits.ts";

const FIRST = /^[0-9]+$/;
const FURTHER = /^[0-9A-Za-z]+$/;
const PRE_RELEASE = /^[0-9A-Za-z-]+$/;
const SEGMENT = /[0-9]+|[A-Za-z]+/g;

/**
 * The order of two versions as `Gem::Version` sees it, or `undefined` when one is none. Letters make a pre-release, a hyphen stands
 * for `.pre.`, zeros at the end and before the first letters do not count.
 */
export function compareRubygemsVersions(a: string, b: string): -1 | 0 | 1 | undefined {
  const left = segmentsOf(a);
  const right = segmentsOf(b);
  if (left === undefined || right === undefined) {
    return undefined;
  }
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareSegments(left[index] ?? "0", right[index] ?? "0");
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

/** `Gem::Version#canonical_segments`; the grammar is `Gem::Version::VERSION_PATTERN`, less its empty version. */
function segmentsOf(text: string): readonly string[] | undefined {
  const trimmed = text.trim();
  const hyphen = trimmed.indexOf("-");
  const [first = "", ...further] = (hyphen === -1 ? trimmed : trimmed.slice(0, hyphen)).split(".");
  const preRelease = hyphen === -1 ? [] : trimmed.slice(hyphen + 1).split(".");
  if (!FIRST.test(first) || !further.every(isFurther) || !preRelease.every(isPreRelease)) {
    return undefined;
  }
  const segments = trimmed.replaceAll("-", ".pre.").match(SEGMENT) ?? [];
  const firstWord = segments.findIndex(isWord);
  const end = firstWord === -1 ? segments.length : firstWord;
  return [...withoutTrailingZeros(segments.slice(0, end)), ...withoutTrailingZeros(segments.slice(end))];
}

function isFurther(part: string): boolean {
  return FURTHER.test(part);
}

function isPreRelease(part: string): boolean {
  return PRE_RELEASE.test(part);
}

function withoutTrailingZeros(segments: readonly string[]): readonly string[] {
  let end = segments.length;
  while (end > 0 && /^0+$/.test(segments[end - 1] ?? "")) {
    end -= 1;
  }
  return segments.slice(0, end);
}

function compareSegments(a: string, b: string): -1 | 0 | 1 {
  if (isWord(a) !== isWord(b)) {
    return isWord(a) ? -1 : 1;
  }
  return isWord(a) ? compareText(a, b) : compareDigits(a, b);
}

function isWord(segment: string): boolean {
  return segment.charCodeAt(0) > 0x39;
}
