// SPDX-License-Identifier: Apache-2.0
import type { AccountGrant, Role } from "#database";

/** A group of the provider and what its members may do here: everywhere, or under a prefix. */
export interface OidcRole {
  /** `*`: everybody whom the provider knows. */
  readonly group: string;
  readonly role: Role;
  readonly prefix?: string;
}

/** What somebody is given. */
export interface OidcRights {
  readonly role: Role;
  readonly grants: readonly AccountGrant[];
}

/** Strongest first. */
const ROLES: readonly Role[] = ["ADMIN", "IMAGE_UPLOADER", "VIEWER", "PERMISSION"];
const MAX_GROUPS = 5_000;
const ANYBODY = "*";

/**
 * The rights that the claims give by the mapping; `undefined` when they give none. Of several roles for the same
 * repositories the strongest counts.
 */
export function rightsOfClaims(
  claims: Readonly<Record<string, unknown>>,
  { groupsClaim, roles }: { readonly groupsClaim: string; readonly roles: readonly OidcRole[] },
): OidcRights | undefined {
  const groups = new Set(groupsOf(claims[groupsClaim]));
  const given = roles.filter(({ group }) => group === ANYBODY || groups.has(group));
  const everywhere = strongest(given.filter(({ prefix }) => prefix === undefined));
  const prefixes = [...new Set(given.flatMap(({ prefix }) => (prefix === undefined ? [] : [prefix])))];
  if (everywhere === "ADMIN" || prefixes.length === 0) {
    return everywhere === undefined ? undefined : { role: everywhere, grants: [] };
  }
  const grants = prefixes.flatMap((prefix): AccountGrant[] => {
    const role = strongest(given.filter((each) => each.prefix === prefix));
    return role === undefined ? [] : [{ prefix, role }];
  });
  // An account with grants has only those: what holds everywhere is one of them.
  const isCovered = everywhere === undefined || prefixes.includes("");
  return { role: everywhere ?? "VIEWER", grants: isCovered ? grants : [{ prefix: "", role: everywhere }, ...grants] };
}

function strongest(given: readonly OidcRole[]): Role | undefined {
  return ROLES.find((role) => given.some((each) => each.role === role));
}

/** One group as a text, or several as a list; anything else is none. */
function groupsOf(claim: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(claim) ? claim.slice(0, MAX_GROUPS) : [claim];
  return all.filter((group) => typeof group === "string");
}
