// SPDX-License-Identifier: Apache-2.0
import type { Elf } from "../elf/parse-elf.ts";
import { parseNotes } from "../elf/parse-notes.ts";
import { decodeText } from "../untrusted-text.ts";

/** The package that a program was built for, as its note says. */
export interface PackageNote {
  readonly name: unknown;
  readonly version: unknown;
  readonly vendor: string | undefined;
  readonly architecture: unknown;
}

const OWNER = "FDO";
const TYPE = 0xcafe1a7e;
/** Some hundred bytes, in truth. */
const MAX_CONTENT_BYTES = 16 * 1024;

/** The note of systemd's "Package Metadata for Executable Files"; Fedora, Debian and others write it while building. */
export function packageNote(bytes: Uint8Array, elf: Elf): PackageNote | undefined {
  const note = parseNotes(bytes, elf).find(({ owner, type }) => owner === OWNER && type === TYPE);
  if (note === undefined || note.content.length > MAX_CONTENT_BYTES) {
    return undefined;
  }
  try {
    const parsed: unknown = JSON.parse(untilZero(decodeText(note.content)));
    const fields = new Map<string, unknown>(Object.entries(parsed ?? {}));
    const os = fields.get("os");
    return {
      name: fields.get("name"),
      version: fields.get("version"),
      vendor: typeof os === "string" ? os : undefined,
      architecture: fields.get("architecture"),
    };
  } catch {
    // a note is a remark; the program is what it is without it
    return undefined;
  }
}

/** The text ends with the first NUL, as the note is padded; JSON has none. */
function untilZero(text: string): string {
  const zero = text.indexOf("\0");
  return zero < 0 ? text : text.slice(0, zero);
}
