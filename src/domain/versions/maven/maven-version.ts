// SPDX-License-Identifier: Apache-2.0

/** A token of a Maven version. */
export type MavenItem =
  | { readonly kind: "number"; readonly digits: string }
  /** In lower case, with aliases written out. */
  | { readonly kind: "word"; readonly text: string };

/**
 * A Maven version as lists of tokens. Each list stands at the end of the one before it: `1.0-rc1` is `[1, 0, [rc, [1]]]`, written
 * here as `[[1, 0], [rc], [1]]`. Lists lie one deep in another without a bound, and this form needs no recursion.
 */
export type MavenVersion = readonly (readonly MavenItem[])[];

const ALIASES: ReadonlyMap<string, string> = new Map([
  ["ga", ""],
  ["final", ""],
  ["release", ""],
  ["cr", "rc"],
]);
const SHORT: ReadonlyMap<string, string> = new Map([
  ["a", "alpha"],
  ["b", "beta"],
  ["m", "milestone"],
]);
// What Maven's model validator allows in a version, less what starts with punctuation.
const CHARACTERS = /^[0-9A-Za-z][!#%&'+.;=@^_`~0-9A-Za-z-]*$/;
const ZERO: MavenItem = { kind: "number", digits: "0" };

/**
 * The tokens of a version as Maven's `ComparableVersion` (3.9) reads it, without those at the ends of lists that do not count;
 * `undefined` for what Maven allows in no version, such as a property that was never filled in.
 */
export function parseMavenVersion(text: string): MavenVersion | undefined {
  if (!CHARACTERS.test(text)) {
    return undefined;
  }
  const version = text.toLowerCase();
  const lists: MavenItem[][] = [[]];
  let list = lists[0] ?? [];
  let isNumber = false;
  let start = 0;
  function nest(): void {
    list = [];
    lists.push(list);
  }
  for (let index = 0; index < version.length; index += 1) {
    const character = version.charAt(index);
    if (character === "." || character === "-") {
      list.push(index === start ? ZERO : itemOf(version.slice(start, index), isNumber, false));
      start = index + 1;
      if (character === "-") {
        nest();
      }
    } else if (character >= "0" && character <= "9") {
      if (!isNumber && index > start) {
        // `.X1` is read as `-X1`, and `X1` as `X-1`
        if (list.length > 0) {
          nest();
        }
        list.push(itemOf(version.slice(start, index), false, true));
        start = index;
        nest();
      }
      isNumber = true;
    } else {
      if (isNumber && index > start) {
        list.push(itemOf(version.slice(start, index), true, false));
        start = index;
        nest();
      }
      isNumber = false;
    }
  }
  if (version.length > start) {
    if (!isNumber && list.length > 0) {
      nest();
    }
    list.push(itemOf(version.slice(start), isNumber, false));
  }
  return normalized(lists);
}

function itemOf(text: string, isNumber: boolean, isBeforeDigit: boolean): MavenItem {
  if (isNumber) {
    return { kind: "number", digits: text };
  }
  const word = (isBeforeDigit ? SHORT.get(text) : undefined) ?? text;
  return { kind: "word", text: ALIASES.get(word) ?? word };
}

/** Takes zeros and empty words from the ends of the lists, from the innermost to the outermost, and the lists that become empty. */
function normalized(lists: readonly (readonly MavenItem[])[]): MavenVersion {
  const kept: (readonly MavenItem[])[] = [];
  for (const list of lists.toReversed()) {
    let end = list.length;
    while (end > 0 && isNothing(list[end - 1])) {
      end -= 1;
    }
    if (end > 0 || kept.length > 0) {
      kept.push(list.slice(0, end));
    }
  }
  return kept.toReversed();
}

function isNothing(item: MavenItem | undefined): boolean {
  return item?.kind === "word" ? item.text === "" : /^0*$/.test(item?.digits ?? "");
}
