// SPDX-License-Identifier: Apache-2.0

const MODIFIER = "[._-]?(?:(stable|beta|b|RC|alpha|a|patch|pl|p)([.-]?[0-9]+(?:[.-][0-9]+)*)?)?([.-]?dev)?$";
const CLASSICAL = new RegExp(`^v?([0-9]{1,5})(\\.[0-9]+)?(\\.[0-9]+)?(\\.[0-9]+)?${MODIFIER}`, "i");
const DATED = new RegExp(`^v?([0-9]{4}(?:[.:-]?[0-9]{2}){1,6}(?:[.:-]?[0-9]{1,3}){0,2})${MODIFIER}`, "i");
const BRANCH = /^v?([0-9]+)(\.(?:[0-9]+|[xX*]))?(\.(?:[0-9]+|[xX*]))?(\.(?:[0-9]+|[xX*]))?$/;
const ALIAS = /^([^,\s]+) +as +[^,\s]+$/;
const STABILITY_FLAG = /@(?:stable|RC|beta|alpha|dev)$/i;
const BUILD = /^([^,\s+]+)\+\S+$/;

/**
 * The version as Composer's `VersionParser::normalize` writes it: `1.2.0.0-beta2`, `1.9999999.9999999.9999999-dev` for `1.x-dev`,
 * `dev-main` for a branch; `undefined` when the text is no version.
 */
export function normalizeComposerVersion(text: string): string | undefined {
  let version = text.trim();
  version = ALIAS.exec(version)?.[1] ?? version;
  version = version.replace(STABILITY_FLAG, "");
  if (version === "master" || version === "trunk" || version === "default") {
    return `dev-${version}`;
  }
  if (/^dev-/i.test(version)) {
    return /^[!-~]{5,}$/.test(version) ? `dev-${version.slice(4)}` : undefined;
  }
  version = BUILD.exec(version)?.[1] ?? version;
  const classical = CLASSICAL.exec(version);
  if (classical !== null) {
    const [, major = "", minor = ".0", patch = ".0", fourth = ".0", word, number, dev] = classical;
    return withModifiers(`${major}${minor}${patch}${fourth}`, word, number, dev);
  }
  const dated = DATED.exec(version);
  if (dated !== null) {
    const [, date = "", word, number, dev] = dated;
    return withModifiers(date.replaceAll(/[^0-9]/g, "."), word, number, dev);
  }
  return /dev$/i.test(version) ? normalizeBranch(version.slice(0, -3).replace(/[.-]$/, "")) : undefined;
}

function withModifiers(
  version: string,
  word: string | undefined,
  number: string | undefined,
  dev: string | undefined,
): string {
  if (word === "stable") {
    return version;
  }
  const stability =
    word === undefined ? "" : `-${stabilityOf(word.toLowerCase())}${(number ?? "").replace(/^[.-]/, "")}`;
  return `${version}${stability}${dev === undefined ? "" : "-dev"}`;
}

function stabilityOf(word: string): string {
  switch (word) {
    case "a":
      return "alpha";
    case "b":
      return "beta";
    case "p":
    case "pl":
      return "patch";
    case "rc":
      return "RC";
    default:
      return word;
  }
}

/** `1.x` is newer than every 1.n; a branch whose name is not a number must be written `dev-NAME`. */
function normalizeBranch(name: string): string | undefined {
  const match = BRANCH.exec(name.trim());
  if (match === null) {
    return undefined;
  }
  const [, major = "", ...rest] = match;
  const numbers = [0, 1, 2].map((index) => (rest[index] ?? ".x").replace(/[xX*]/, "9999999"));
  return `${major}${numbers.join("")}-dev`;
}
