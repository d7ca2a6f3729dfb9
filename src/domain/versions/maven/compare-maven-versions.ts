// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import { compareDigits } from "../compare-digits.ts";
import { type MavenItem, type MavenVersion, parseMavenVersion } from "./maven-version.ts";

/** From oldest to newest; a release has none, and any other word comes after all of them. */
const QUALIFIERS: readonly string[] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];
const RELEASE: MavenItem = { kind: "word", text: "" };

/** The order of two Maven versions as `ComparableVersion` of Maven 3.9 sees it, or `undefined` when one of them is none. */
export function compareMavenVersions(a: string, b: string): -1 | 0 | 1 | undefined {
  const left = parseMavenVersion(a);
  const right = parseMavenVersion(b);
  return left === undefined || right === undefined ? undefined : compareLists(left, right);
}

function compareLists(a: MavenVersion, b: MavenVersion): -1 | 0 | 1 {
  for (let depth = 0; depth < a.length || depth < b.length; depth += 1) {
    const left = a[depth] ?? [];
    const right = b[depth] ?? [];
    const shared = Math.min(left.length, right.length);
    for (let index = 0; index < shared; index += 1) {
      const order = compareItems(left[index], right[index]);
      if (order !== 0) {
        return order;
      }
    }
    if (left.length > right.length) {
      return compareRest(left.slice(shared), a, b, depth);
    }
    if (right.length > left.length) {
      return inverse(compareRest(right.slice(shared), b, a, depth));
    }
    if (depth + 1 >= a.length) {
      return inverse(compareWithNothing(b, depth + 1));
    }
    if (depth + 1 >= b.length) {
      return compareWithNothing(a, depth + 1);
    }
  }
  return 0;
}

/** The order of `a`, which goes on with `rest` in a list, and `b`, which goes on with its next list or ends there. */
function compareRest(rest: readonly MavenItem[], a: MavenVersion, b: MavenVersion, depth: number): -1 | 0 | 1 {
  if (depth + 1 < b.length) {
    // "1.1 > 1-1", "1.any < 1-1"
    return rest[0]?.kind === "number" ? 1 : -1;
  }
  return compareWithNothing([rest, ...a.slice(depth + 1)], 0);
}

function compareWithNothing(version: MavenVersion, from: number): -1 | 0 | 1 {
  for (let depth = from; depth < version.length; depth += 1) {
    for (const item of version[depth] ?? []) {
      const order = item.kind === "number" ? compareDigits(item.digits, "") : compareItems(item, RELEASE);
      if (order !== 0) {
        return order;
      }
    }
  }
  return 0;
}

function compareItems(a: MavenItem | undefined, b: MavenItem | undefined): -1 | 0 | 1 {
  if (a?.kind === "number" && b?.kind === "number") {
    return compareDigits(a.digits, b.digits);
  }
  if (a?.kind === "word" && b?.kind === "word") {
    return compareWords(a.text, b.text);
  }
  return a?.kind === "number" ? 1 : -1;
}

function compareWords(a: string, b: string): -1 | 0 | 1 {
  const left = rankOf(a);
  const right = rankOf(b);
  if (left !== right) {
    return left < right ? -1 : 1;
  }
  return compareText(a, b);
}

function rankOf(word: string): number {
  const rank = QUALIFIERS.indexOf(word);
  return rank === -1 ? QUALIFIERS.length : rank;
}

function inverse(order: -1 | 0 | 1): -1 | 0 | 1 {
  return order === 0 ? 0 : order === 1 ? -1 : 1;
}
