// SPDX-License-Identifier: Apache-2.0
import type { Instruction } from "./instruction.ts";

/** Between lines that were joined: to Docker it is nothing at all, and may stand within a word. */
const JOINED = "\\\n";
const BLANKS = /(?:\\\n|\s)*/y;
const DASHES = /-(?:\\\n)*-/y;

/**
 * Flags before the text, in the words of `extractBuilderFlags` of BuildKit's parser: quotes and backslashes are taken out, wherever
 * in a word they stand. What ends the flags is the text. One pass.
 */
export function splitFlags(rest: string): Pick<Instruction, "flags" | "text"> {
  const flags: { name: string; value: string }[] = [];
  let at = endOf(BLANKS, rest, 0);
  while (endOf(DASHES, rest, at) > at) {
    const { word, end } = readWord(rest, at);
    const [, name, value = ""] = /^--([a-z][a-z-]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (name === undefined) {
      break;
    }
    flags.push({ name, value });
    at = endOf(BLANKS, rest, end);
  }
  return { flags, text: rest.slice(at).trim() };
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

function readWord(text: string, start: number): { readonly word: string; readonly end: number } {
  let word = "";
  let quote = "";
  let at = start;
  for (; at < text.length; at += 1) {
    const letter = text[at] as string;
    if (text.startsWith(JOINED, at)) {
      at += 1;
    } else if (letter === "\\") {
      at += 1;
      word += text[at] ?? "";
    } else if (quote === "" ? letter === '"' || letter === "'" : letter === quote) {
      quote = quote === "" ? letter : "";
    } else if (quote === "" && /\s/.test(letter)) {
      break;
    } else {
      word += letter;
    }
  }
  return { word, end: at };
}
