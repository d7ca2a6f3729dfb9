// SPDX-License-Identifier: Apache-2.0

/** A PEP 440 version in its parts; numbers are runs of digits of any length. */
export interface Pep440Version {
  readonly epoch: string;
  /** Without the zeros at the end, which do not count. */
  readonly release: readonly string[];
  readonly pre?: { readonly letter: "a" | "b" | "rc"; readonly number: string };
  readonly post?: string;
  readonly dev?: string;
  /** Absent: no local version; in lower case. */
  readonly local?: readonly string[];
}

const HEAD = /^v?(?:([0-9]+)!)?([0-9.]+)/i;
const TAIL =
  /^(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]+)?)?(?:-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]+)?)?(?:[-_.]?(dev)[-_.]?([0-9]+)?)?$/i;
const LOCAL_PART = /^[a-z0-9]+$/i;

/**
 * The parts of a version (PEP 440, appendix B, as the `packaging` library reads it: any case, a leading `v`, other spellings of
 * pre-releases and separators, spaces around), or `undefined` when the text does not follow that grammar.
 */
export function parsePep440Version(text: string): Pep440Version | undefined {
  const trimmed = text.trim();
  const plus = trimmed.indexOf("+");
  const main = plus === -1 ? trimmed : trimmed.slice(0, plus);
  const local = plus === -1 ? undefined : trimmed.slice(plus + 1).split(/[-_.]/);
  const head = HEAD.exec(main);
  if (head?.[2] === undefined || local?.some((part) => !LOCAL_PART.test(part)) === true) {
    return undefined;
  }
  // a dot behind the numbers belongs to what follows, as in `1.0.post1`
  const digits = head[2].endsWith(".") ? head[2].slice(0, -1) : head[2];
  const release = digits.split(".");
  const tail = TAIL.exec(main.slice(head[0].length - (head[2].length - digits.length)));
  if (tail === null || release.includes("")) {
    return undefined;
  }
  const [, letter, number, implicitPost, postWord, post, devWord, dev] = tail;
  return {
    epoch: head[1] ?? "0",
    release: withoutTrailingZeros(release),
    ...(letter === undefined ? {} : { pre: { letter: letterOf(letter.toLowerCase()), number: number ?? "0" } }),
    ...(implicitPost === undefined && postWord === undefined ? {} : { post: implicitPost ?? post ?? "0" }),
    ...(devWord === undefined ? {} : { dev: dev ?? "0" }),
    ...(local === undefined ? {} : { local: local.map((part) => part.toLowerCase()) }),
  };
}

function letterOf(word: string): "a" | "b" | "rc" {
  switch (word) {
    case "alpha":
    case "a":
      return "a";
    case "beta":
    case "b":
      return "b";
    default:
      return "rc";
  }
}

function withoutTrailingZeros(release: readonly string[]): readonly string[] {
  let end = release.length;
  while (end > 1 && /^0+$/.test(release[end - 1] ?? "")) {
    end -= 1;
  }
  return release.slice(0, end);
}
