// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const HASH = 0x23;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
const DOT = 0x2e;
const COLON = 0x3a;
const EQUALS = 0x3d;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;

/** Why a document is not parsed, or `undefined`. */
export type ShapeProblem = string | undefined;

/**
 * Counts the values of a JSON text before it is parsed: each takes tens of bytes of memory and at least one of text. A text
 * that is shorter than the limit cannot hold more.
 */
export function jsonShapeProblem(text: string, maxValues: number = LIMITS.maxDocumentValues): ShapeProblem {
  if (text.length <= maxValues) {
    return undefined;
  }
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = quoteEnd(text, at, '"');
    } else if (code === COMMA || code === BRACKET || code === BRACE || code === COLON) {
      values += 1;
    }
  }
  return values > maxValues ? `more than ${maxValues} values` : undefined;
}

/**
 * The same for TOML, in which a dotted key makes a table for each dot: `a.a.a = 1` may nest a table for every second byte,
 * and readers follow each key from the top.
 */
export function tomlShapeProblem(
  text: string,
  maxValues: number = LIMITS.maxDocumentValues,
  maxDepth: number = LIMITS.maxJsonDepth,
): ShapeProblem {
  let values = 0;
  let dots = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE || code === APOSTROPHE) {
      at = tomlStringEnd(text, at);
    } else if (code === HASH) {
      at = lineEnd(text, at) - 1;
    } else if (code === DOT) {
      dots += 1;
      values += 1;
      if (dots > maxDepth) {
        return `a key of more than ${maxDepth} parts`;
      }
    } else if (code === COMMA || code === BRACKET || code === BRACE || code === EQUALS || code === NEWLINE) {
      dots = 0;
      values += Number(code !== NEWLINE);
    }
  }
  return values > maxValues ? `more than ${maxValues} values` : undefined;
}

/** The last character of a TOML string (TOML 1.0, "String"): basic or literal, on one line or over many. */
function tomlStringEnd(text: string, at: number): number {
  const quote = text.charAt(at);
  const isLong = text.startsWith(quote.repeat(3), at);
  const close = isLong ? quote.repeat(3) : quote;
  const first = at + (isLong ? 2 : 0);
  if (quote === '"') {
    return quoteEnd(text, first, close);
  }
  const end = text.indexOf(close, first + 1);
  return end < 0 ? text.length : end + close.length - 1;
}

/** The last character of the closing quote, before which a backslash takes the meaning from one. */
function quoteEnd(text: string, open: number, close: string): number {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text.charCodeAt(at) === BACKSLASH) {
      at += 1;
    } else if (text.charCodeAt(at) === QUOTE && text.startsWith(close, at)) {
      return at + close.length - 1;
    }
  }
  return text.length;
}

function lineEnd(text: string, at: number): number {
  const newline = text.indexOf("\n", at);
  return newline < 0 ? text.length : newline;
}
