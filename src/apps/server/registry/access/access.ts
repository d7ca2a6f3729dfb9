// SPDX-License-Identifier: Apache-2.0
import type { Account, Role } from "#database";

/**
 * What can be done in a repository. `inspect` reads what the gate refuses; it is granted only in a token that was asked
 * for it by name, never by Basic and never together with `pull` by implication.
 */
export type Action = "pull" | "push" | "inspect";

/** What the bearer of a request may do. */
export interface Access {
  /** Account name, or `anonymous`; for logs and the audit log. */
  readonly actor: string;
  /** No account is behind it. */
  readonly isAnonymous: boolean;
  /** Whether a password or a token came with the request; an anonymous token counts. */
  readonly hasCredentials: boolean;
  /** What the account behind it could be granted by another token. */
  readonly role: Role | undefined;
  readonly mayListRepositories: boolean;
  allows(action: Action, repository: string): boolean;
}

const ROLE_ACTIONS: Readonly<Record<Role, readonly Action[]>> = {
  ADMIN: ["pull", "push", "inspect"],
  IMAGE_UPLOADER: ["pull", "push", "inspect"],
  PERMISSION: ["pull"],
  VIEWER: ["pull"],
};

/** What the role may be granted at all. */
export function roleAllows(role: Role | undefined, action: Action): boolean {
  return role !== undefined && ROLE_ACTIONS[role].includes(action);
}

/** The access of name and password sent with the request itself: all that the role has, but never `inspect`. */
export function accessOfAccount(account: Account): Access {
  return {
    actor: account.name,
    isAnonymous: false,
    hasCredentials: true,
    role: account.role,
    mayListRepositories: true,
    allows: (action) => action !== "inspect" && roleAllows(account.role, action),
  };
}

/** The access of a request without credentials. */
export function anonymousAccess(anonymousPull: boolean): Access {
  return {
    actor: "anonymous",
    isAnonymous: true,
    hasCredentials: false,
    role: undefined,
    mayListRepositories: false,
    allows: (action) => anonymousPull && action === "pull",
  };
}
