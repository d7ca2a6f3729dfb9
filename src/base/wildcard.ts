// SPDX-License-Identifier: Apache-2.0

/**
 * Whether the whole text has the form of the pattern, where `*` stands for any characters or none. Pieces are searched
 * from left to right once, never back: the leftmost place of each piece is always as good as a later one, and a hostile
 * pattern such as `*a*a*a*b` costs no more than a harmless one.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  const pieces = pattern.split("*");
  const first = pieces[0] ?? "";
  if (pieces.length === 1) {
    return pattern === text;
  }
  const last = pieces[pieces.length - 1] ?? "";
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) {
    return false;
  }
  const end = text.length - last.length;
  let position = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, position);
    if (found === -1 || found + piece.length > end) {
      return false;
    }
    position = found + piece.length;
  }
  return true;
}

/** The number of characters of a pattern that are not `*`: how specific it is. */
export function literalLength(pattern: string): number {
  return pattern.length - (pattern.split("*").length - 1);
}
