// SPDX-License-Identifier: Apache-2.0

/** What a registry asks for in `WWW-Authenticate` (RFC 7235, section 4.1). */
export interface Challenge {
  /** Lower case, e.g. `bearer`, `basic`. */
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const MAX_HEADER_LENGTH = 8_192;
const TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
/** A parameter, or a scheme, which is a token without `=` behind it; then perhaps a comma. */
const PART = new RegExp(
  String.raw`\s*(?:(${TOKEN})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|(${TOKEN})(?=[\s,]|$)(?!\s*=))\s*,?`,
  "y",
);

/** The challenges of a header; what does not follow the grammar ends the list. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  if (header.length > MAX_HEADER_LENGTH) {
    return challenges;
  }
  PART.lastIndex = 0;
  for (let match = PART.exec(header); match !== null; match = PART.exec(header)) {
    const [, name, quoted, plain, scheme] = match;
    if (scheme !== undefined) {
      challenges.push({ scheme: scheme.toLowerCase(), parameters: {} });
    } else if (name !== undefined) {
      const value = quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "";
      const parameters = challenges.at(-1)?.parameters;
      if (parameters !== undefined) {
        parameters[name.toLowerCase()] = value;
      }
    }
    if (PART.lastIndex >= header.length) {
      break;
    }
  }
  return challenges;
}
