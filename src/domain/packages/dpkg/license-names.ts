// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";

/** Debian's short names (DEP-5, "License specification") and those of /usr/share/common-licenses that SPDX calls otherwise. */
const SPDX_NAMES: ReadonlyMap<string, string> = new Map([
  ["apache-2", "Apache-2.0"],
  ["apache-2.0", "Apache-2.0"],
  ["artistic", "Artistic-1.0-Perl"],
  ["artistic-2", "Artistic-2.0"],
  ["boost-1.0", "BSL-1.0"],
  ["bsd", "BSD-3-Clause"],
  ["bsd-2-clause", "BSD-2-Clause"],
  ["bsd-3-clause", "BSD-3-Clause"],
  ["bsd-4-clause", "BSD-4-Clause"],
  ["cc0", "CC0-1.0"],
  ["cc0-1.0", "CC0-1.0"],
  ["expat", "MIT"],
  ["isc", "ISC"],
  ["mit", "MIT"],
  ["mpl-1.1", "MPL-1.1"],
  ["mpl-2.0", "MPL-2.0"],
  ["openssl", "OpenSSL"],
  ["psf-2", "PSF-2.0"],
  ["python", "Python-2.0"],
  ["zlib", "Zlib"],
  ["zlib/libpng", "Zlib"],
  ["zpl", "ZPL-2.1"],
]);

/** `GPL-2+`, `LGPL-2.1`, `GFDL-1.3+`. */
const GNU = /^(A?GPL|LGPL|GFDL)(?:-(\d)(\.\d)?(?:\.0)?)?(\+)?$/i;

/**
 * Debian's name or combination of names as an SPDX expression, e.g. `GPL-2+ or Artistic` → `GPL-2.0-or-later OR
 * Artistic-1.0-Perl`. What SPDX has no name for stays as written.
 */
export function toSpdxExpression(written: string): string {
  if (written.length > LIMITS.maxFieldLength) {
    return written;
  }
  const words = written.split(" ").filter((word) => word !== "");
  const parts = words.map((word) => {
    const operator = word.toUpperCase();
    return isOperator(operator) ? operator : toSpdxName(word);
  });
  // commas bind otherwise than SPDX's parentheses, and exceptions have names of their own: that is left to the reader
  return isPlain(parts) ? parts.join(" ") : written;
}

function isPlain(parts: readonly string[]): boolean {
  return parts.length % 2 === 1 && parts.every((part, index) => (index % 2 === 1 ? isOperator(part) : isName(part)));
}

function isOperator(part: string): boolean {
  return part === "AND" || part === "OR";
}

function isName(part: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9.+/-]*$/.test(part) && !isOperator(part);
}

function toSpdxName(word: string): string {
  const gnu = GNU.exec(word);
  if (gnu === null) {
    return SPDX_NAMES.get(word.toLowerCase()) ?? word;
  }
  const [, family = "", major, minor, orLater] = gnu;
  const version = major === undefined ? "1.0" : `${major}${minor ?? ".0"}`;
  return `${family.toUpperCase()}-${version}-${orLater === undefined && major !== undefined ? "only" : "or-later"}`;
}
