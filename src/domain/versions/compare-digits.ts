// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";

/**
 * Compares two runs of ASCII digits by their numeric value; an empty run is zero. Works on text, because the number
 * may have any length: 64 bits or a double would round, and an attacker could choose digits that round to "fixed".
 */
export function compareDigits(a: string, b: string): -1 | 0 | 1 {
  const left = withoutLeadingZeros(a);
  const right = withoutLeadingZeros(b);
  if (left.length !== right.length) {
    return left.length < right.length ? -1 : 1;
  }
  return compareText(left, right);
}

function withoutLeadingZeros(digits: string): string {
  let start = 0;
  while (start < digits.length && digits.charCodeAt(start) === 0x30) {
    start += 1;
  }
  return digits.slice(start);
}
