// SPDX-License-Identifier: Apache-2.0
import { isCleanText } from "../untrusted-text.ts";

const SOURCE = /^([A-Za-z0-9][A-Za-z0-9+.-]+)(?: \(([^()\s]+)\))?$/;

/**
 * The source package of a `Source` field, `name` or `name (version)` (Debian Policy 5.6.1, deb-control(5)), or
 * `undefined` when it is neither. The version is given only where it differs from the binary's.
 */
export function parseSourceField(text: string, binaryVersion: string): { name: string; version: string } | undefined {
  const match = isCleanText(text) ? SOURCE.exec(text) : null;
  return match?.[1] === undefined ? undefined : { name: match[1], version: match[2] ?? binaryVersion };
}
