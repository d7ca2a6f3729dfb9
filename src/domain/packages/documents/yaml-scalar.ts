// SPDX-License-Identifier: Apache-2.0

/** A key and what follows its colon. */
export interface KeyAndValue {
  readonly key: string;
  /** As written, without blanks and comments around; empty when it follows on the next lines. */
  readonly value: string;
}

/** The `key: value` that a line is, or `undefined`. */
export function keyAndValue(content: string): KeyAndValue | undefined {
  const colon = colonAfterKey(content);
  if (colon < 0) {
    return undefined;
  }
  return { key: readScalar(content.slice(0, colon)), value: withoutComment(content.slice(colon + 1).trim()) };
}

/** The text of a scalar on one line: without its quotes (YAML 1.2.2, 7.3) and, when it has none, without a comment. */
export function readScalar(written: string): string {
  const text = written.trim();
  const quote = text.charAt(0);
  const end = quote === "'" || quote === '"' ? quoteEnd(text) : -1;
  if (end < 0) {
    return withoutComment(text);
  }
  const inner = text.slice(1, end);
  return quote === "'" ? inner.replaceAll("''", "'") : unescaped(inner);
}

/** The quote with which the text begins when it does not end on this line. */
export function startsOpenQuote(text: string): string | undefined {
  const quote = text.charAt(0);
  return (quote === "'" || quote === '"') && quoteEnd(text) < 0 ? quote : undefined;
}

function colonAfterKey(content: string): number {
  const quote = content.charAt(0);
  if (quote === "'" || quote === '"') {
    const end = quoteEnd(content);
    return end >= 0 && content.charAt(end + 1) === ":" ? end + 1 : -1;
  }
  if (quote === "{" || quote === "[") {
    return -1;
  }
  const colon = content.indexOf(": ");
  return colon < 0 && content.endsWith(":") ? content.length - 1 : colon;
}

/** Where the quote closes that the text begins with, or -1. */
function quoteEnd(text: string): number {
  const quote = text.charAt(0);
  for (let at = 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote === '"' && character === "\\") {
      at += 1;
    } else if (character === quote) {
      if (quote === "'" && text.charAt(at + 1) === "'") {
        at += 1;
      } else {
        return at;
      }
    }
  }
  return -1;
}

function withoutComment(text: string): string {
  if (text.startsWith("#")) {
    return "";
  }
  if (text.startsWith("'") || text.startsWith('"')) {
    return text;
  }
  const comment = text.indexOf(" #");
  return comment < 0 ? text : text.slice(0, comment).trimEnd();
}

/** The escapes that JSON has too, which is all that lock files use; other text stays as written. */
function unescaped(inner: string): string {
  if (!inner.includes("\\")) {
    return inner;
  }
  try {
    const parsed: unknown = JSON.parse(`"${inner}"`);
    return typeof parsed === "string" ? parsed : inner;
  } catch {
    // not an escape of JSON's: the text then shows its backslash
    return inner;
  }
}
