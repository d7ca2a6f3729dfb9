// SPDX-License-Identifier: Apache-2.0
import { literalLength, matchesWildcard } from "#base";
import type { ImageSpelling } from "./image-spelling.ts";
import { matchesHost } from "./match-host.ts";

/** How well a `repositories[].name` fits an image. */
export interface NameMatch {
  /** The name has no `*` and names this very image in full. */
  readonly isExact: boolean;
  readonly hasWildcard: boolean;
  /** Literal characters, counted on the normalised reference; more is more specific. */
  readonly specificity: number;
}

/** How well the name fits the image with these spellings; `undefined` when it does not fit. */
export function matchRepositoryName(name: string, spellings: readonly ImageSpelling[]): NameMatch | undefined {
  if (/^\*+$/.test(name)) {
    return { isExact: false, hasWildcard: true, specificity: 0 };
  }
  const hasWildcard = name.includes("*");
  const literal = literalLength(name);
  let best: NameMatch | undefined;
  for (const spelling of fittingSpellings(name, spellings, hasWildcard)) {
    const isExact = !hasWildcard && spelling.fullPaths.some((path) => withHost(spelling, path) === name);
    const specificity = Math.max(0, literal + spelling.omitted);
    if (best === undefined || Number(isExact) > Number(best.isExact) || specificity > best.specificity) {
      best = { isExact: isExact || best?.isExact === true, hasWildcard, specificity };
    }
  }
  return best;
}

/**
 * The spellings that the name fits and that count. What a wildcard takes in is not omitted: `docker.io/*` fits
 * `docker.io/library/nginx` as it stands, and must not be as specific as `docker.io/library/*` for fitting `docker.io/nginx` too.
 * The normalised spelling is the first, and of each host the longer one stands before the shorter.
 */
function fittingSpellings(
  name: string,
  spellings: readonly ImageSpelling[],
  hasWildcard: boolean,
): readonly ImageSpelling[] {
  const fitting = spellings.filter((spelling) => matchesSpelling(name, spelling));
  if (!hasWildcard) {
    return fitting;
  }
  return fitting[0] === spellings[0]
    ? fitting.slice(0, 1)
    : fitting.filter(({ host }, at) => fitting.findIndex((each) => each.host === host) === at);
}

function matchesSpelling(name: string, spelling: ImageSpelling): boolean {
  const { host } = spelling;
  const slash = name.indexOf("/");
  if (slash === -1) {
    return matchesSlashlessName(name, spelling);
  }
  if (host === undefined) {
    return matchesPath(name, spelling.paths);
  }
  return matchesHost(name.slice(0, slash), host) && matchesPath(name.slice(slash + 1), spelling.paths);
}

/**
 * A name without a slash is the short name of an official image (`nginx*`), a registry with everything in it
 * (`icr.io*`), or an ending of the whole reference (`*:latest`). The last form is not open to names with a dot before
 * the tag: `*icr.io` would fit `evil.example/icr.io`.
 */
function matchesSlashlessName(name: string, spelling: ImageSpelling): boolean {
  if (spelling.host === undefined) {
    return spelling.paths.some((path) => !path.includes("/")) && matchesPath(name, spelling.paths);
  }
  if (name.endsWith("*") && matchesHost(name, spelling.host)) {
    return true;
  }
  const beforeTag = name.split(":", 1)[0] ?? "";
  return name.startsWith("*") && !beforeTag.includes(".") && matchesPath(name, spelling.paths);
}

/** `app:*` is any tag of `app`, and so the repository: a digest reference, which has no tag, belongs to it. */
function matchesPath(pattern: string, paths: readonly string[]): boolean {
  const repository = pattern.endsWith(":*") ? pattern.slice(0, -2) : pattern;
  return paths.some((path) => matchesWildcard(pattern, path) || matchesWildcard(repository, path));
}

function withHost(spelling: ImageSpelling, path: string): string {
  return spelling.host === undefined ? path : `${spelling.host}/${path}`;
}
