// SPDX-License-Identifier: Apache-2.0
import type { Account } from "./account.ts";

/** One access key of an account. Its secret is not known here, only a hash of it. */
export interface AccessKeyRecord {
  readonly id: string;
  readonly accountId: string;
  readonly accountName: string;
  /** What is sent as the name. */
  readonly accessKey: string;
  readonly description: string;
  readonly state: "active" | "disabled";
  /** RFC 3339: when the first key of this line of keys was made. */
  readonly createdAt: string;
  /** When this one was made, which is when the secret changed. */
  readonly rotatedAt: string;
  /** Some seconds late. */
  readonly lastUsedAt?: string;
  /** From then on it is refused. */
  readonly expiresAt?: string;
}

/** An access key by which somebody may sign in. */
export interface UsableAccessKey {
  readonly key: AccessKeyRecord;
  readonly secretHash: string;
  readonly account: Account;
}

export interface NewAccessKey {
  readonly accessKey: string;
  readonly secretHash: string;
}

/** Access keys; changes are told as `account-changed` of their account. */
export interface AccessKeyStore {
  /** Throws `ACCESS_KEYS_FULL` when the account has two that are usable, `ACCOUNT_UNKNOWN`. */
  create(
    key: NewAccessKey & { readonly accountId: string; readonly description: string; readonly expiresAt?: Date },
  ): Promise<AccessKeyRecord>;
  /** Of one account or of all, oldest first. */
  list(accountId?: string): Promise<readonly AccessKeyRecord[]>;
  find(id: string): Promise<AccessKeyRecord | undefined>;
  /** Absent when there is none, it or its account is disabled, or it has expired. */
  findUsable(accessKey: string): Promise<UsableAccessKey | undefined>;
  /**
   * Makes the key that follows this one; this one goes on working until `overlapUntil`. Throws `ACCESS_KEY_UNKNOWN` (also when
   * it is not usable any more), `ACCESS_KEYS_FULL`.
   */
  rotate(
    id: string,
    next: NewAccessKey & { readonly overlapUntil: Date; readonly expiresAt?: Date },
  ): Promise<AccessKeyRecord>;
  /** Enabling throws `ACCESS_KEYS_FULL`; both `ACCESS_KEY_UNKNOWN`. */
  setState(id: string, state: AccessKeyRecord["state"]): Promise<void>;
  /** False: there was none. */
  remove(id: string): Promise<boolean>;
  /** Remembers that the key was used now; written in batches. */
  noteUse(id: string): void;
  flush(): Promise<void>;
}
