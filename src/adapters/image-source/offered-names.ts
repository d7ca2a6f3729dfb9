// SPDX-License-Identifier: Apache-2.0

/** Somebody who mistyped a tag recognises it among these; the error's details have more. */
const MAX_SHOWN = 5;
const MAX_LENGTH = 80;

/** What an error says behind "no such image": the names that there are, quoted and short, for they come from the image; or nothing. */
export function offeredNames(names: readonly string[]): string {
  if (names.length === 0) {
    return "";
  }
  const shown = names.slice(0, MAX_SHOWN).map((name) => `"${name.slice(0, MAX_LENGTH)}"`);
  return `; it has ${shown.join(", ")}${names.length > MAX_SHOWN ? ", …" : ""}`;
}
