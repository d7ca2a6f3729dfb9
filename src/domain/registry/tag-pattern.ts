// SPDX-License-Identifier: Apache-2.0
import { matchesWildcard } from "#base";

/** Whether a tag is one of the patterns: `*` stands for any characters, a leading `!` takes out what an earlier pattern let in. */
export function matchesTag(patterns: readonly string[], tag: string): boolean {
  let isIn = false;
  for (const pattern of patterns) {
    const isExclusion = pattern.startsWith("!");
    if (matchesWildcard(isExclusion ? pattern.slice(1) : pattern, tag)) {
      isIn = !isExclusion;
    }
  }
  return isIn;
}
