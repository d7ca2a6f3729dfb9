// SPDX-License-Identifier: Apache-2.0

/** The lines of a text without blanks at their ends, one at a time: a list of all would take many times the text's size. */
export function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    yield text.slice(start, end).trimEnd();
    start = end + 1;
  }
}
