// SPDX-License-Identifier: Apache-2.0

/** Characters of a value that are shown after what all such values begin with. */
const SHOWN = 4;
/** A value must have this many characters for each that is shown: four of a password of eight would be half of it. */
const HIDDEN_PER_SHOWN = 5;

/**
 * The value as it may be shown and stored: the known prefix, at most four characters, and stars. How many characters are hidden
 * is not told.
 */
export function maskSecret(value: string, prefixLength: number): string {
  const prefix = value.slice(0, Math.min(prefixLength, value.length));
  const rest = value.length - prefix.length;
  const shown = Math.min(SHOWN, Math.floor(rest / HIDDEN_PER_SHOWN));
  return `${value.slice(0, prefix.length + shown)}****`.replaceAll(/[^\x20-\x7e]/g, "?");
}
