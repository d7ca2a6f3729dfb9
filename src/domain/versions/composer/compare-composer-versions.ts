// SPDX-License-Identifier: Apache-2.0
import { compareDigits } from "../compare-digits.ts";
import { normalizeComposerVersion } from "./composer-version.ts";

/** PHP's `version_compare`: words from oldest to newest; a number stands at `#`. A word that is none of them is the oldest. */
const FORMS: readonly (readonly [string, number])[] = [
  ["dev", 0],
  ["alpha", 1],
  ["a", 1],
  ["beta", 2],
  ["b", 2],
  ["RC", 3],
  ["rc", 3],
  ["pl", 5],
  ["p", 5],
];
const NUMBER_FORM = 4;

/**
 * The order of two PHP packages' versions as Composer sees it, or `undefined` when one is none. A branch (`dev-main`) is neither older
 * nor newer than anything, so that it compares with itself only.
 */
export function compareComposerVersions(a: string, b: string): -1 | 0 | 1 | undefined {
  const left = normalizeComposerVersion(a);
  const right = normalizeComposerVersion(b);
  if (left === undefined || right === undefined) {
    return undefined;
  }
  if (left.startsWith("dev-") || right.startsWith("dev-")) {
    return left === right ? 0 : undefined;
  }
  return compareNormalized(partsOf(left), partsOf(right));
}

function partsOf(version: string): readonly string[] {
  return version.match(/[0-9]+|[A-Za-z]+/g) ?? [];
}

function compareNormalized(a: readonly string[], b: readonly string[]): -1 | 0 | 1 {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    const order = compareParts(a[index] ?? "", b[index] ?? "");
    if (order !== 0) {
      return order;
    }
  }
  if (a.length === b.length) {
    return 0;
  }
  return a.length > b.length ? compareWithEnd(a[shared] ?? "") : compareWithEnd(b[shared] ?? "") === 1 ? -1 : 1;
}

function compareParts(a: string, b: string): -1 | 0 | 1 {
  if (isNumber(a) && isNumber(b)) {
    return compareDigits(a, b);
  }
  const left = formOf(a);
  const right = formOf(b);
  return left === right ? 0 : left < right ? -1 : 1;
}

/** More numbers are newer; a word is judged as beside a number. */
function compareWithEnd(part: string): -1 | 1 {
  return isNumber(part) || formOf(part) > NUMBER_FORM ? 1 : -1;
}

function formOf(part: string): number {
  return isNumber(part) ? NUMBER_FORM : (FORMS.find(([word]) => part.startsWith(word))?.[1] ?? -1);
}

function isNumber(part: string): boolean {
  const code = part.charCodeAt(0);
  return code >= 0x30 && code <= 0x39;
}
