// SPDX-License-Identifier: Apache-2.0

/** One token of an Alpine version, e.g. `{ kind: "fraction", text: "10" }` for `.10`. */
export interface ApkToken {
  readonly kind: "number" | "fraction" | "letter" | "suffix" | "suffixNumber" | "commit" | "revision";
  readonly text: string;
}

const TOKENS: readonly { readonly kind: ApkToken["kind"]; readonly pattern: RegExp; readonly after: string }[] = [
  { kind: "number", pattern: /([0-9]+)/y, after: "start" },
  { kind: "fraction", pattern: /\.([0-9]+)/y, after: "number fraction" },
  { kind: "letter", pattern: /([a-z])/y, after: "number fraction" },
  {
    kind: "suffix",
    pattern: /_(alpha|beta|pre|rc|cvs|svn|git|hg|p)(?![a-z])/y,
    after: "number fraction letter suffix suffixNumber",
  },
  { kind: "suffixNumber", pattern: /([0-9]+)/y, after: "suffix" },
  { kind: "commit", pattern: /~([0-9a-f]+)/y, after: "number fraction letter suffix suffixNumber" },
  { kind: "revision", pattern: /-r([0-9]+)/y, after: "number fraction letter suffix suffixNumber commit" },
];

/** The token kinds that may follow each kind, found once. */
const FOLLOWERS: ReadonlyMap<string, typeof TOKENS> = new Map(
  ["start", ...TOKENS.map((token) => token.kind)].map((kind) => [
    kind,
    TOKENS.filter((token) => token.after.split(" ").includes(kind)),
  ]),
);

/**
 * The tokens of `number{.number}…{letter}{_suffix{number}}…{~hash}{-r#}` (apk-package(5)), or `undefined` when the
 * text does not follow that grammar. Each pattern is sticky and looks at its own characters only: linear time.
 */
export function parseApkVersion(text: string): readonly ApkToken[] | undefined {
  const tokens: ApkToken[] = [];
  let position = 0;
  let previous: string = "start";
  do {
    const token = nextToken(text, position, previous);
    if (token === undefined) {
      return undefined;
    }
    tokens.push({ kind: token.kind, text: token.text });
    position = token.end;
    previous = token.kind;
  } while (position < text.length);
  return tokens;
}

function nextToken(text: string, position: number, previous: string): (ApkToken & { end: number }) | undefined {
  for (const { kind, pattern } of FOLLOWERS.get(previous) ?? []) {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match !== null) {
      return { kind, text: match[1] ?? "", end: pattern.lastIndex };
    }
  }
  return undefined;
}
