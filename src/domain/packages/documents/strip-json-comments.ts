// SPDX-License-Identifier: Apache-2.0

/** Text in JSON with comments and trailing commas, as plain JSON, in linear time. What is broken stays, for the parser to refuse. */
export function stripJsonComments(text: string): string {
  return withoutTrailingCommas(withoutComments(text));
}

function withoutComments(text: string): string {
  const kept: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; ) {
    const end = tokenEnd(text, at);
    if (text.charAt(at) === "/" && end > at + 1) {
      kept.push(text.slice(start, at));
      start = end;
    }
    at = end;
  }
  kept.push(text.slice(start));
  return kept.join("");
}

function withoutTrailingCommas(text: string): string {
  const kept: string[] = [];
  let start = 0;
  /** Where a comma stands after which only blanks came so far. */
  let comma = -1;
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at);
    if (character === ",") {
      comma = at;
    } else if (!isBlank(character)) {
      if (comma >= 0 && (character === "}" || character === "]")) {
        kept.push(text.slice(start, comma));
        start = comma + 1;
      }
      comma = -1;
    }
    at = tokenEnd(text, at);
  }
  kept.push(text.slice(start));
  return kept.join("");
}

/** Where the string, the comment or the single character ends that begins here. */
function tokenEnd(text: string, at: number): number {
  const character = text.charAt(at);
  if (character === '"') {
    return stringEnd(text, at + 1);
  }
  if (character === "/" && text.charAt(at + 1) === "/") {
    return endOr(text.indexOf("\n", at), 0, text);
  }
  if (character === "/" && text.charAt(at + 1) === "*") {
    return endOr(text.indexOf("*/", at + 2), 2, text);
  }
  return at + 1;
}

function stringEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') {
      return at + 1;
    }
    if (character === "\\") {
      at += 1;
    }
  }
  return text.length;
}

function endOr(found: number, length: number, text: string): number {
  return found < 0 ? text.length : found + length;
}

function isBlank(character: string): boolean {
  return character === " " || character === "\n" || character === "\r" || character === "\t";
}
