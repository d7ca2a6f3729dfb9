// SPDX-License-Identifier: Apache-2.0

/** Unicode blocks whose characters take two columns (UAX #11, East Asian Width W and F; and emoji). */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], // Hangul initial consonants
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x23e9, 0x23ec],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x26a1, 0x26a1],
  [0x2705, 0x2705],
  [0x274c, 0x274c],
  [0x2e80, 0x303e], // CJK radicals and punctuation
  [0x3041, 0x33ff], // kana, Hangul compatibility letters, enclosed CJK
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff], // CJK ideographs
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3], // Hangul syllables
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60], // full-width forms
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x1fa70, 0x1faff],
  [0x20000, 0x3fffd],
];

// Combining marks, and the vowels and final consonants that join a Hangul initial.
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u;

/** How many columns of a terminal the text takes. Expects text without control characters (`visibleText`). */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    width += characterWidth(character);
  }
  return width;
}

/** The longest beginning of the text that fits, with `…` as its last character when something was cut. */
export function fitStart(text: string, width: number): string {
  if (displayWidth(text) <= width) {
    return text;
  }
  return `${takeColumns(Array.from(text), width - 1)}…`;
}

/** As `fitStart`, but keeps the end: the last folders of a path say more than the first. */
export function fitEnd(text: string, width: number): string {
  if (displayWidth(text) <= width) {
    return text;
  }
  const reversed = Array.from(text).toReversed();
  return `…${Array.from(takeColumns(reversed, width - 1))
    .toReversed()
    .join("")}`;
}

/** The text in lines of at most `width` columns, broken at spaces; a longer word is broken where the line ends. */
export function wrapWords(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((each) => pieces(each, width))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && displayWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

function pieces(word: string, width: number): readonly string[] {
  const found: string[] = [];
  let rest = word;
  while (displayWidth(rest) > width) {
    const piece = takeColumns(Array.from(rest), width);
    if (piece === "") {
      break;
    }
    found.push(piece);
    rest = rest.slice(piece.length);
  }
  return [...found, rest];
}

function takeColumns(characters: readonly string[], width: number): string {
  let used = 0;
  let taken = "";
  for (const character of characters) {
    used += characterWidth(character);
    if (used > width) {
      break;
    }
    taken += character;
  }
  return taken;
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) {
    return 1;
  }
  if (ZERO.test(character)) {
    return 0;
  }
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}
