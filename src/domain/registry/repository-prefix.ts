// SPDX-License-Identifier: Apache-2.0

const MAX_LENGTH = 255;
/** As names of repositories (distribution-spec, "Pulling manifests"); linear, since separators and letters never match the same character. */
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

/** Whether settings can be kept under the text: the name of a repository, with or without further ones below it; empty stands for all. */
export function isRepositoryPrefix(text: string): boolean {
  return text === "" || (text.length <= MAX_LENGTH && NAME.test(text));
}

/** Whether the repository is one of the prefix: `team` is the repository `team` and all of `team/…`, never `teamwork`. */
export function isUnderPrefix(prefix: string, repository: string): boolean {
  return prefix === "" || repository === prefix || repository.startsWith(`${prefix}/`);
}

/** The prefixes that a repository is under, the empty one first, its own name last. */
export function prefixesOf(repository: string): readonly string[] {
  const prefixes = [""];
  for (let at = repository.indexOf("/"); at !== -1; at = repository.indexOf("/", at + 1)) {
    prefixes.push(repository.slice(0, at));
  }
  return repository === "" ? prefixes : [...prefixes, repository];
}
