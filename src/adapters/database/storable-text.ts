// SPDX-License-Identifier: Apache-2.0

/**
 * The text as PostgreSQL can store it: NUL and halves of surrogate pairs, which `text` cannot hold, become U+FFFD. Used for names that anybody on
 * the network can choose: a login or a decision about them must not turn into an error.
 */
export function withoutNul(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}

/** The same, cut to a number of characters. */
export function storableText(text: string, maxCharacters: number): string {
  const storable = withoutNul(text);
  return storable.length <= maxCharacters ? storable : `${storable.slice(0, maxCharacters - 1)}…`;
}
