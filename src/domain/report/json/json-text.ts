// SPDX-License-Identifier: Apache-2.0

// JSON.stringify escapes C0 controls and lone surrogates only. DEL, C1 controls (0x9b begins an escape sequence on some
// terminals), bidirectional overrides and line separators are escaped too: they occur within strings only.
const UNSAFE_IN_TERMINALS = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** A value as JSON with two spaces of indentation and a line feed at its end, in which no character does anything to a terminal. */
export function toJsonText(value: unknown): string {
  return `${escapeJson(JSON.stringify(value, undefined, 2))}\n`;
}

/** JSON in which every character that a terminal may obey, or that nobody sees, is written as an escape; it means the same. */
export function escapeJson(text: string): string {
  return text.replaceAll(UNSAFE_IN_TERMINALS, toEscape);
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
