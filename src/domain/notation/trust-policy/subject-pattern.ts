// SPDX-License-Identifier: Apache-2.0
import { isUtf8 } from "node:buffer";

/**
 * A trusted identity: attribute type (`C`, `ST`, `O`, … or a dotted OID) → value. A certificate has it when its subject
 * has each of these attributes with exactly this value (specification "Trusted Identities Constraints").
 */
export type SubjectPattern = ReadonlyMap<string, string>;

/** Short names of RFC 4514 section 3 and X.520 by OID; other types go by their OID. */
export const ATTRIBUTE_NAMES: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.5": "SERIALNUMBER",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.9": "STREET",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.17": "POSTALCODE",
  "0.9.2342.19200300.100.1.1": "UID",
  "0.9.2342.19200300.100.1.25": "DC",
};

const KNOWN_NAMES: ReadonlySet<string> = new Set(Object.values(ATTRIBUTE_NAMES));
const DOTTED_OID = /^[0-2](?:\.[0-9]{1,10}){1,20}$/;
const MANDATORY = ["C", "ST", "O"] as const;
const MAX_SUBJECT_LENGTH = 4_096;
/** Characters that RFC 4514 lets one escape by a backslash alone. */
const ESCAPABLE = new Set([...' "#+,;<=>\\']);
/** Characters that mean something else, so that a value must escape them. */
const MUST_BE_ESCAPED = new Set([...'"+;<>']);

/**
 * The pattern in `C=US, ST=WA, O=acme, …` (RFC 4514 text). Throws an `Error` whose message is for people when it is not
 * such a text, names a type twice, or lacks one of C, ST and O.
 */
export function parseSubjectPattern(text: string): SubjectPattern {
  if (text.length > MAX_SUBJECT_LENGTH) {
    throw new Error(`a subject has at most ${MAX_SUBJECT_LENGTH} characters`);
  }
  const pattern = new Map<string, string>();
  for (const part of splitAtCommas(text)) {
    const equals = part.indexOf("=");
    if (equals < 0) {
      throw new Error(`expected TYPE=VALUE, found ${JSON.stringify(part.trim())}`);
    }
    const type = attributeType(part.slice(0, equals).trim());
    if (pattern.has(type)) {
      throw new Error(`${type} is there twice; each attribute can be named once`);
    }
    pattern.set(type, attributeValue(type, part.slice(equals + 1)));
  }
  for (const type of MANDATORY) {
    if (!pattern.has(type)) {
      throw new Error(`a subject must name C, ST and O; ${type} is missing`);
    }
  }
  return pattern;
}

/** Whether some certificate could have both identities: where they name the same type, they say the same. */
export function isOverlapping(one: SubjectPattern, other: SubjectPattern): boolean {
  return isPartOf(one, other) || isPartOf(other, one);
}

/** Whether every attribute of the pattern is among the others, with the same value. */
export function isPartOf(pattern: SubjectPattern, attributes: ReadonlyMap<string, string>): boolean {
  for (const [type, value] of pattern) {
    if (attributes.get(type) !== value) {
      return false;
    }
  }
  return pattern.size > 0;
}

function splitAtCommas(text: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") {
      at++;
    } else if (text[at] === ",") {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function attributeType(text: string): string {
  // notation writes and accepts S for stateOrProvinceName, as some authorities do.
  const name = text === "S" ? "ST" : text;
  if (KNOWN_NAMES.has(name)) {
    return name;
  }
  if (DOTTED_OID.test(name)) {
    return ATTRIBUTE_NAMES[name] ?? name;
  }
  throw new Error(`unknown attribute type ${JSON.stringify(text)}; expected ${[...KNOWN_NAMES].join(", ")} or an OID`);
}

function attributeValue(type: string, text: string): string {
  const trimmed = trimUnescaped(text);
  if (trimmed === "") {
    throw new Error(`${type} has no value`);
  }
  if (trimmed.startsWith("#")) {
    throw new Error(`the value of ${type} begins with '#'; write its text, or '\\#'`);
  }
  let value = "";
  for (let at = 0; at < trimmed.length; at++) {
    const character = trimmed[at] ?? "";
    if (character !== "\\") {
      if (MUST_BE_ESCAPED.has(character)) {
        throw new Error(
          `the value of ${type} has a '${character}' without '\\' before it; several values in one part are not supported`,
        );
      }
      value += character;
      continue;
    }
    const next = trimmed[at + 1] ?? "";
    if (ESCAPABLE.has(next)) {
      value += next;
      at += 1;
      continue;
    }
    const run = /^(?:\\[0-9A-Fa-f]{2})+/.exec(trimmed.slice(at))?.[0] ?? "";
    const bytes = Buffer.from(run.replaceAll("\\", ""), "hex");
    if (bytes.length === 0 || !isUtf8(bytes)) {
      throw new Error(`the value of ${type} has a '\\' that escapes nothing`);
    }
    value += bytes.toString("utf8");
    at += run.length - 1;
  }
  return value;
}

/** Spaces around a value do not belong to it unless they are escaped (RFC 4514 section 2.4). */
function trimUnescaped(text: string): string {
  const start = text.trimStart();
  const end = start.trimEnd();
  let backslashes = 0;
  while (end[end.length - 1 - backslashes] === "\\") {
    backslashes++;
  }
  return backslashes % 2 === 1 && start.length > end.length ? `${end} ` : end;
}
