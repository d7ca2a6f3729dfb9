// SPDX-License-Identifier: Apache-2.0

/** Parts of a spelling of an image: with host `whole`, `host` and `path`; without, `bare`. */
export type KeyPart = "whole" | "host" | "path" | "bare";

/** Text that a part of a spelling must be (`all`), begin or end with, or have somewhere, for a name to fit. */
export interface NameKey {
  readonly part: KeyPart;
  readonly place: "all" | "start" | "end" | "within";
  readonly text: string;
}

/** One way in which a name can fit: for spellings with a host or without, and what must be so at least. */
export interface NameWay {
  readonly isBare: boolean;
  /** Any of them is enough to look for; without one, the name can only be tried. */
  readonly keys: readonly NameKey[];
}

/** How many characters are looked for within a text. */
const GRAM_LENGTH = 4;

/** The ways in which `matchRepositoryName` can find that the name fits. */
export function waysOfName(name: string): readonly NameWay[] {
  if (/^\*+$/.test(name)) {
    return [hosted([]), { isBare: true, keys: [] }];
  }
  const bare = { isBare: true, keys: pathKeys("bare", name) };
  const slash = name.indexOf("/");
  if (slash !== -1) {
    return [hosted(hostedKeys(name.slice(0, slash).toLowerCase(), name.slice(slash + 1))), bare];
  }
  return [
    bare,
    ...(name.endsWith("*") ? [hosted(hostKeys(name.toLowerCase()))] : []),
    ...(name.startsWith("*") ? [hosted(pathKeys("path", name))] : []),
  ];
}

function hosted(keys: readonly NameKey[]): NameWay {
  return { isBare: false, keys };
}

function hostedKeys(host: string, path: string): readonly NameKey[] {
  if (host !== "" && !host.includes("*") && !host.startsWith(":")) {
    return path.includes("*")
      ? [{ part: "whole", place: "start", text: `${host}/${literalStart(withoutAnyTag(path))}` }]
      : [{ part: "whole", place: "all", text: `${host}/${path}` }];
  }
  return [...hostKeys(host), ...pathKeys("path", path)];
}

/** A port alone fits every host that has it, and a `*` at the end leaves the port open. */
function hostKeys(pattern: string): readonly NameKey[] {
  const keys = keysOf(
    { part: "host", place: "start", text: pattern.startsWith(":") ? "" : literalStart(pattern) },
    { part: "host", place: "end", text: literalEnd(pattern) },
  );
  return keys.length > 0 ? keys : gramKeys("host", pattern);
}

function pathKeys(part: "path" | "bare", pattern: string): readonly NameKey[] {
  if (!pattern.includes("*")) {
    return keysOf({ part, place: "all", text: pattern });
  }
  const base = withoutAnyTag(pattern);
  const keys = keysOf(
    { part, place: "start", text: literalStart(base) },
    { part, place: "end", text: literalEnd(pattern) },
  );
  return keys.length > 0 ? keys : gramKeys(part, base);
}

function gramKeys(part: KeyPart, pattern: string): readonly NameKey[] {
  return gramsOf(pattern).map((text) => ({ part, place: "within", text }));
}

/** All pieces of {@link GRAM_LENGTH} characters of a text or pattern that are literal. */
export function gramsOf(text: string): readonly string[] {
  return text
    .split("*")
    .flatMap((piece) =>
      Array.from({ length: Math.max(0, piece.length - GRAM_LENGTH + 1) }, (_, at) => piece.slice(at, at + GRAM_LENGTH)),
    );
}

/** `app:*` is `app`, too. */
function withoutAnyTag(pattern: string): string {
  return pattern.endsWith(":*") ? pattern.slice(0, -2) : pattern;
}

function literalStart(pattern: string): string {
  return pattern.split("*", 1)[0] ?? "";
}

function literalEnd(pattern: string): string {
  return pattern.slice(pattern.lastIndexOf("*") + 1);
}

/** Everything begins with nothing. */
function keysOf(...keys: readonly NameKey[]): readonly NameKey[] {
  return keys.filter((key) => key.text !== "");
}
