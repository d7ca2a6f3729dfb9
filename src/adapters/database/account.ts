// SPDX-License-Identifier: Apache-2.0

/** The NHN roles: all; read and push; switch the service on and off; read. */
export type Role = "ADMIN" | "IMAGE_UPLOADER" | "PERMISSION" | "VIEWER";

/** A role in the repositories under a prefix (empty: all). */
export interface AccountGrant {
  readonly prefix: string;
  readonly role: Role;
}

/** A person or robot who may log in. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly mustChangePassword: boolean;
  /** A robot has no password, only access keys. */
  readonly kind: "person" | "robot";
  /** Not empty: in repositories only these count, the longest prefix first, and elsewhere there is nothing. Sorted by prefix. */
  readonly grants: readonly AccountGrant[];
  /** RFC 3339: when an OIDC provider last vouched for the person; absent: no provider knows the account. */
  readonly signedInAt?: string;
}

/** An account in the list of administrators. */
export interface ListedAccount extends Account {
  readonly state: "active" | "disabled";
  /** Of the OIDC provider that knows the person. */
  readonly issuer?: string;
  /** RFC 3339. */
  readonly createdAt: string;
}

export interface NewAccount {
  readonly name: string;
  readonly role: Role;
  /** Absent: nobody can sign in with a password (robots, people of an OIDC provider). */
  readonly passwordHash?: string;
  /** Default `person`. */
  readonly kind?: Account["kind"];
  readonly grants?: readonly AccountGrant[];
  readonly identity?: AccountIdentity;
}

/** Who somebody is at an OIDC provider: its issuer and `sub`. */
export interface AccountIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/**
 * Accounts and their sessions. A disabled account is not found by name or session. Whatever changes one is told to
 * every process as `account-changed`. The last administrator who may sign in can be neither disabled, demoted nor
 * removed (`LAST_ADMINISTRATOR`).
 */
export interface AccountStore {
  /** Creates the first administrator if there is no account yet; returns whether it did. Atomic among processes. */
  createFirst(name: string, passwordHash: string): Promise<boolean>;
  /** Throws `ACCOUNT_EXISTS`. */
  create(account: NewAccount): Promise<Account>;
  list(): Promise<readonly ListedAccount[]>;
  find(id: string): Promise<ListedAccount | undefined>;
  /** The hash is empty where nobody can sign in with a password. */
  findByName(name: string): Promise<(Account & { readonly passwordHash: string }) | undefined>;
  findByIdentity(identity: AccountIdentity): Promise<ListedAccount | undefined>;
  /** The provider vouches for the person at this moment. */
  noteSignIn(id: string): Promise<void>;
  /** What is given is set; a disabled account loses its sessions. Throws `ACCOUNT_UNKNOWN`, `LAST_ADMINISTRATOR`. */
  update(
    id: string,
    changes: {
      readonly role?: Role;
      readonly state?: ListedAccount["state"];
      readonly grants?: readonly AccountGrant[];
    },
  ): Promise<void>;
  /** With its sessions, keys and grants. Throws as `update`. */
  remove(id: string): Promise<void>;
  /** `mustChange`: somebody else set it (a reset), so the console asks for a new one; default false. Ends all sessions of the account. */
  setPassword(accountId: string, passwordHash: string, options?: { readonly mustChange: boolean }): Promise<void>;
  /** Sessions are stored by the SHA-256 of their token. Setting a password ends the account's other sessions. */
  createSession(accountId: string, tokenHash: string, expiresAt: Date): Promise<void>;
  findSession(tokenHash: string, now: Date): Promise<Account | undefined>;
  endSession(tokenHash: string): Promise<void>;
}
