// SPDX-License-Identifier: Apache-2.0
import { type Action, type Grantee, mayDo, mayReadSomewhere } from "../../accounts/account-rights.ts";

export type { Action } from "../../accounts/account-rights.ts";

/** What the bearer of a request may do. */
export interface Access {
  /** Account name, or `anonymous`; for logs and the audit log. */
  readonly actor: string;
  /** No account is behind it. */
  readonly isAnonymous: boolean;
  /** Whether a password or a token came with the request; an anonymous token counts. */
  readonly hasCredentials: boolean;
  readonly mayListRepositories: boolean;
  allows(action: Action, repository: string): boolean;
  /** Whether the account behind it could be granted that by another token. */
  couldAllow(action: Action, repository: string): boolean;
}

/** Whether the repository may be read without an account. */
export type AnonymousPull = (repository: string) => boolean;

/** The access of name and password, or of an access key, sent with the request itself: all that the account has, but never `inspect`. */
export function accessOfAccount(account: Grantee & { readonly name: string }): Access {
  return {
    actor: account.name,
    isAnonymous: false,
    hasCredentials: true,
    mayListRepositories: mayReadSomewhere(account),
    allows: (action, repository) => action !== "inspect" && mayDo(account, action, repository),
    couldAllow: (action, repository) => mayDo(account, action, repository),
  };
}

/** The access of a request without credentials. */
export function anonymousAccess(anonymousPull: AnonymousPull): Access {
  return {
    actor: "anonymous",
    isAnonymous: true,
    hasCredentials: false,
    mayListRepositories: false,
    allows: (action, repository) => action === "pull" && anonymousPull(repository),
    couldAllow: () => false,
  };
}
