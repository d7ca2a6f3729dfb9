// SPDX-License-Identifier: Apache-2.0

/** Finds the places of many words in bytes, in one pass. */
export interface KeywordMatcher {
  /**
   * Calls `onMatch` once for each occurrence of each keyword, about in the order of their places; `start` is the place of its first byte, `keyword` its place in
   * the list. Letters match without case. Linear in the number of bytes.
   */
  scan(bytes: Uint8Array, onMatch: (keyword: number, start: number) => void): void;
}

/** Four bytes hold a group of three from an even place on, wherever they begin. */
const WINDOW = 4;
const STRIDE = 2;
/** Letters and signs of ordinary text and code, the most frequent first. */
const FREQUENT = ' etaoinsrlcdupmhfg.,()="_/-:bv';

/** A keyword, its place in the list, and where in it are the four bytes by which it is found. */
interface Keyword {
  readonly index: number;
  readonly codes: Uint8Array;
  readonly offset: number;
}

/**
 * A matcher for ASCII keywords of at least four characters. It looks at groups of three bytes at every second place only, and in
 * a table of 32 KiB whether any keyword is found by such a group; where one is, in a second table whether one is found by the
 * four bytes there or one place before. What is left is compared. A keyword is found by those of its bytes that are rarest in
 * text. An automaton that follows every byte (Aho and Corasick) waits for memory at every byte, and took nearly twice as long.
 */
export function createKeywordMatcher(keywords: readonly string[]): KeywordMatcher {
  const byWindow = new Map<number, Keyword[]>();
  const isGroup = new Uint8Array(1 << 15);
  const isWindow = new Uint8Array(1 << 17);
  for (const [index, text] of keywords.entries()) {
    if (text.length < WINDOW) {
      throw new Error(`keyword ${text} is shorter than ${WINDOW} characters`);
    }
    const codes = Uint8Array.from(Buffer.from(text, "latin1"), foldCase);
    const offset = rarestWindow(text);
    for (let each = offset; each < offset + STRIDE; each += 1) {
      isGroup[groupAt(codes, each)] = 1;
    }
    const window = windowAt(codes, offset);
    isWindow[window >> 3] = (isWindow[window >> 3] as number) | (1 << (window & 7));
    byWindow.set(window, [...(byWindow.get(window) ?? []), { index, codes, offset }]);
  }
  return {
    scan(bytes, onMatch) {
      const end = bytes.length - 2;
      for (let at = 0; at < end; at += STRIDE) {
        if (isGroup[groupAt(bytes, at)] === 1) {
          for (let begin = Math.max(0, at - 1); begin <= at; begin += 1) {
            const window = windowAt(bytes, begin);
            if (((isWindow[window >> 3] as number) & (1 << (window & 7))) !== 0) {
              report(bytes, begin, byWindow.get(window) ?? [], onMatch);
            }
          }
        }
      }
    },
  };
}

/** Where in the keyword the four bytes are that text has least often. */
function rarestWindow(text: string): number {
  let rarest = 0;
  let best = -1;
  for (let offset = 0; offset + WINDOW <= text.length; offset += 1) {
    const ranks = [...text.slice(offset, offset + WINDOW)].map((letter) => FREQUENT.indexOf(letter));
    const rarity = ranks.reduce((sum, rank) => sum + (rank < 0 ? FREQUENT.length : rank), 0);
    if (rarity > best) {
      rarest = offset;
      best = rarity;
    }
  }
  return rarest;
}

/** The low five bits of a letter are the same in both cases. */
function groupAt(bytes: Uint8Array, at: number): number {
  const first = (bytes[at] as number) & 31;
  const second = (bytes[at + 1] as number) & 31;
  return (first << 10) | (second << 5) | ((bytes[at + 2] as number) & 31);
}

/** The same of four bytes; behind the last there is nothing, which counts as zero. */
function windowAt(bytes: Uint8Array, at: number): number {
  return (groupAt(bytes, at) << 5) | ((bytes[at + 3] ?? 0) & 31);
}

function report(
  bytes: Uint8Array,
  place: number,
  keywords: readonly Keyword[],
  onMatch: (keyword: number, start: number) => void,
): void {
  for (const { index, codes, offset } of keywords) {
    if (isAt(bytes, place - offset, codes)) {
      onMatch(index, place - offset);
    }
  }
}

function isAt(bytes: Uint8Array, start: number, codes: Uint8Array): boolean {
  if (start < 0 || start + codes.length > bytes.length) {
    return false;
  }
  for (let index = 0; index < codes.length; index += 1) {
    if (foldCase(bytes[start + index] as number) !== codes[index]) {
      return false;
    }
  }
  return true;
}

function foldCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
