// SPDX-License-Identifier: Apache-2.0
import { compareText } from "#base";
import { isCleanText } from "../untrusted-text.ts";
import { toSpdxExpression } from "./license-names.ts";

/** A large package names some dozens; a file of millions would be carried into every report. */
const MAX_LICENSES = 64;

const FIELD = "license:";
const COMMON_LICENSES = "/usr/share/common-licenses/";
const COMMON_NAME = /[A-Za-z0-9.+-]*[A-Za-z0-9+]/y;

/**
 * The licences that a copyright file names, sorted, in SPDX's words where Debian has others. The machine-readable form
 * (DEP-5) has a `License` field for each group of files; a free text points to the texts in /usr/share/common-licenses.
 */
export function copyrightLicenses(text: string): readonly string[] {
  const found = new Set<string>();
  for (let start = 0; start < text.length && found.size < MAX_LICENSES; ) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    // only the first line of the field is the name, what follows is the licence's text
    if (text.slice(start, start + FIELD.length).toLowerCase() === FIELD) {
      add(found, toSpdxExpression(text.slice(start + FIELD.length, end).trim()));
    }
    start = end + 1;
  }
  if (found.size === 0) {
    addCommonLicenses(text, found);
  }
  return [...found].toSorted(compareText);
}

function addCommonLicenses(text: string, found: Set<string>): void {
  for (let at = text.indexOf(COMMON_LICENSES); at >= 0 && found.size < MAX_LICENSES; ) {
    COMMON_NAME.lastIndex = at + COMMON_LICENSES.length;
    add(found, toSpdxExpression(COMMON_NAME.exec(text)?.[0] ?? ""));
    at = text.indexOf(COMMON_LICENSES, at + COMMON_LICENSES.length);
  }
}

function add(found: Set<string>, license: string): void {
  if (isCleanText(license)) {
    found.add(license);
  }
}
