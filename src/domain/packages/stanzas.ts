// SPDX-License-Identifier: Apache-2.0

/** How the lines of a file are made: `name: value` lines, with an empty line between stanzas. */
export interface StanzaFormat {
  /** The names of the fields to keep; the rest is read over and costs no memory. */
  readonly fields: ReadonlySet<string>;
  /** Whether a line that begins with a space or tab continues the field above (deb822(5)). */
  readonly hasContinuations: boolean;
  /** The name as it stands in `fields`, e.g. in lower case. */
  toName(written: string): string;
}

/** One stanza: the first value of each wanted field, and what is wrong with it. */
export interface Stanza {
  /** Number of its first line, counted from 1. */
  readonly line: number;
  readonly fields: ReadonlyMap<string, string>;
  /** Wanted fields that appear more than once. */
  readonly repeatedFields: ReadonlySet<string>;
  /** Lines that are no field and no continuation. */
  readonly badLines: number;
  /** The file ends within its last line: who writes such files ends each line, so something is missing. */
  readonly isCut: boolean;
}

/** Reads a file of stanzas from top to bottom, in linear time whatever its content. Continuation lines are left out. */
export function* readStanzas(text: string, format: StanzaFormat): Generator<Stanza> {
  let stanza: MutableStanza | undefined;
  let lineNumber = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    lineNumber += 1;
    if (end > start) {
      stanza ??= { line: lineNumber, fields: new Map(), repeatedFields: new Set(), badLines: 0, isCut: false };
      readLine(text.slice(start, end), stanza, format);
      stanza.isCut = newline < 0;
    } else if (stanza !== undefined) {
      yield stanza;
      stanza = undefined;
    }
    start = end + 1;
  }
  if (stanza !== undefined) {
    yield stanza;
  }
}

interface MutableStanza extends Stanza {
  readonly fields: Map<string, string>;
  readonly repeatedFields: Set<string>;
  badLines: number;
  isCut: boolean;
}

function readLine(line: string, stanza: MutableStanza, format: StanzaFormat): void {
  if (format.hasContinuations && (line.startsWith(" ") || line.startsWith("\t"))) {
    return;
  }
  const colon = line.indexOf(":");
  if (colon <= 0) {
    stanza.badLines += 1;
    return;
  }
  const name = format.toName(line.slice(0, colon));
  if (!format.fields.has(name)) {
    return;
  }
  if (stanza.fields.has(name)) {
    stanza.repeatedFields.add(name);
  } else {
    stanza.fields.set(name, line.slice(colon + 1).trim());
  }
}
