// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";

// Control and format characters (escape sequences, bidirectional overrides, NUL, which PostgreSQL cannot store), lone
// surrogates, line separators, and U+FFFD, which stands for bytes that were not UTF-8.
const UNCLEAN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffd]/u;
const UNCLEAN_EACH = new RegExp(UNCLEAN, "gu");

const decoder = new TextDecoder("utf-8");

/** The bytes as text, without a byte order mark. Bytes that are not UTF-8 become U+FFFD, which `isCleanText` refuses. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Whether a name, version or the like is something that may be stored and shown: not empty, not long, all of it visible. */
export function isCleanText(text: string | undefined): text is string {
  return text !== undefined && text !== "" && text.length <= LIMITS.maxFieldLength && !UNCLEAN.test(text);
}

/** Text of an image in quotes for a problem's message: cut, and with what cannot be seen written as `\u{…}`. */
export function quoteText(text: string, maxLength = 80): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  const visible = cut.replaceAll(UNCLEAN_EACH, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`);
  return `"${visible}"`;
}
