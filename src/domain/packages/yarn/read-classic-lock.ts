// SPDX-License-Identifier: Apache-2.0
import { linesOf } from "../documents/lines-of.ts";
import type { PackageClaims } from "../languages/package-claims.ts";
import { isLocalFolder, type NameAndVersion, splitAtVersion, withoutNpmAlias } from "../npm-lock/npm-specifier.ts";

/** The lock file of Yarn 1: `name@range, name@range:` and below it, indented by two, `version "1.2.3"`. */
export function readClassicLock(text: string, claims: PackageClaims): void {
  let wanted: NameAndVersion | undefined;
  let isOpen = false;
  for (const line of linesOf(text)) {
    if (line === "" || line.startsWith("#")) {
      continue;
    }
    if (!line.startsWith(" ")) {
      reportMissing(isOpen, wanted, claims);
      wanted = descriptorOf(line);
      isOpen = wanted !== undefined;
      if (wanted === undefined) {
        claims.addProblem("ENTRY_MALFORMED", 'expected "name@range:" at the beginning of an entry');
      }
    } else if (isOpen && line.startsWith("  version ") && wanted !== undefined) {
      isOpen = false;
      if (!isLocalFolder(wanted.version)) {
        claims.add(withoutNpmAlias(wanted.version)?.name ?? wanted.name, unquoted(line.slice("  version ".length)));
      }
    }
  }
  reportMissing(isOpen, wanted, claims);
}

function reportMissing(isOpen: boolean, wanted: NameAndVersion | undefined, claims: PackageClaims): void {
  if (isOpen) {
    claims.add(wanted?.name, undefined);
  }
}

/** The first of the descriptors: all of them have the same name. */
function descriptorOf(line: string): NameAndVersion | undefined {
  if (!line.endsWith(":")) {
    return undefined;
  }
  const quoteEnd = line.startsWith('"') ? line.indexOf('"', 1) : -1;
  const comma = line.indexOf(", ");
  const first = quoteEnd > 0 ? line.slice(1, quoteEnd) : line.slice(0, comma < 0 ? -1 : comma);
  return splitAtVersion(first);
}

function unquoted(text: string): string {
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
