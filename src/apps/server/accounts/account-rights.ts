// SPDX-License-Identifier: Apache-2.0
import type { Account, Role } from "#database";
import { isUnderPrefix } from "#registry";

/**
 * What can be done in a repository. `inspect` reads what the gate refuses; it is granted only in a token that was asked
 * for it by name, never by Basic and never together with `pull` by implication.
 */
export type Action = "pull" | "push" | "inspect" | "delete";

/** Whose rights are asked about. */
export type Grantee = Pick<Account, "role" | "grants">;

const ROLE_ACTIONS: Readonly<Record<Role, readonly Action[]>> = {
  ADMIN: ["pull", "push", "inspect", "delete"],
  IMAGE_UPLOADER: ["pull", "push", "inspect"],
  // Switches the service on and off, and that is all.
  PERMISSION: [],
  VIEWER: ["pull"],
};

/** What the role may do at all. */
export function roleAllows(role: Role | undefined, action: Action): boolean {
  return role !== undefined && ROLE_ACTIONS[role].includes(action);
}

/**
 * The role that an account has in a repository: where it has grants, that of the longest prefix, and none elsewhere; its own
 * role where it has none.
 */
export function roleIn({ role, grants }: Grantee, repository: string): Role | undefined {
  if (grants.length === 0) {
    return role;
  }
  const matching = grants.filter(({ prefix }) => isUnderPrefix(prefix, repository));
  return matching.toSorted((a, b) => b.prefix.length - a.prefix.length)[0]?.role;
}

/** Whether the account may do it in the repository. */
export function mayDo(account: Grantee, action: Action, repository: string): boolean {
  return roleAllows(roleIn(account, repository), action);
}

/** Whether there is any repository that it might read; who may read none sees no list of them either. */
export function mayReadSomewhere({ role, grants }: Grantee): boolean {
  return grants.length === 0 ? roleAllows(role, "pull") : grants.some((grant) => roleAllows(grant.role, "pull"));
}
