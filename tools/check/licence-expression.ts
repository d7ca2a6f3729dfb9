// SPDX-License-Identifier: Apache-2.0

const ALLOWED: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "PSF-2.0",
  "PostgreSQL",
  "Python-2.0",
  "Unlicense",
]);

/** Packages under other licences that we use unmodified, each decided by itself. */
const NAMED: Readonly<Record<string, string>> = {
  // a module of its own that is loaded and can be replaced; the project's page counts this as use of a library
  openpgp: "LGPL-3.0+",
  // a list of ids and nothing else, unmodified; the attribution that it asks for is in NOTICE
  "spdx-exceptions": "CC-BY-3.0",
};

/**
 * Whether a licence expression (SPDX 2.3, annex D, without nested parentheses) is acceptable: one alternative of an OR is
 * enough, every part of an AND is needed. What cannot be read is not allowed.
 */
export function isAllowed(
  expression: string,
  packageName: string,
  named: Readonly<Record<string, string>> = NAMED,
): boolean {
  const plain = expression.trim().replace(/^\((.*)\)$/, "$1");
  return plain
    .split(/\s+OR\s+/)
    .some((alternative) =>
      alternative
        .split(/\s+AND\s+/)
        .every(
          (part) =>
            ALLOWED.has(part.trim()) || (Object.hasOwn(named, packageName) && named[packageName] === part.trim()),
        ),
    );
}
