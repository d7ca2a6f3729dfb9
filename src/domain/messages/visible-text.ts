// SPDX-License-Identifier: Apache-2.0

// Control characters (escape sequences that could clear the screen, forge lines or write the clipboard), format
// characters (bidirectional overrides that show `fixed` as `dexif`, zero-width letters), lone surrogates, line separators.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** More than any name or sentence needs; a path may have 4,096 bytes. */
const MAX_LENGTH = 8_192;

/**
 * The text with every character that a terminal would act on, or nobody would see, written as `\u{…}`. The result is
 * one line. Package names, versions, paths and titles come from images and feeds: an image can carry a package whose
 * name is an escape sequence.
 */
export function visibleText(text: string): string {
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return cut.replaceAll(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
