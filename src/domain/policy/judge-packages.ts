// SPDX-License-Identifier: Apache-2.0
import { matchesWildcard } from "#base";
import type { Package } from "#packages";
import type { Reason } from "./verdict.ts";

/** The installed packages that a policy forbids by name. */
export function judgePackages(packages: readonly Package[], deny: readonly string[]): readonly Reason[] {
  if (deny.length === 0) {
    return [];
  }
  const exact = new Set(deny.filter((pattern) => !pattern.includes("*")));
  const patterns = deny.filter((pattern) => pattern.includes("*"));
  return packages.flatMap(({ name, version }): readonly Reason[] => {
    const pattern = exact.has(name) ? name : patterns.find((each) => matchesWildcard(each, name));
    return pattern === undefined
      ? []
      : [{ code: "PACKAGE_DENIED", effect: "deny", params: { package: name, version, pattern } }];
  });
}
