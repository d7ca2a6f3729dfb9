// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import type { Clock } from "#base";
import type { AccessKeyStore, Account, AccountStore, EventBus } from "#database";
import { LruMap } from "../registry/lru-map.ts";
import { endOfKey } from "./access-key-check.ts";
import { earlierOf, endOfSignIn } from "./sign-in-life.ts";

const MAX_KNOWN = 5_000;
/** Events drop what is known at once; this is for the case that none arrives. */
const TRUSTED_MS = 30_000;

/** An account that may sign in, and by what. */
export interface KnownAccount {
  readonly account: Account;
  /** Whether a token that was made by this credential still counts: the password was not changed, the key not disabled. */
  holds(credential: string, now: Date): boolean;
}

export interface AccountDirectoryOptions {
  readonly accounts: Pick<AccountStore, "find" | "findByName">;
  readonly keys: Pick<AccessKeyStore, "list">;
  readonly events: EventBus;
  readonly clock: Clock;
  readonly maxKeyAgeMs: number | undefined;
  /** See `AccessKeyCheck`. */
  readonly maxIdleMs: number | undefined;
}

/**
 * What tokens are checked against with each request: the account as it is now. Remembered until an event says that it
 * changed, so that a disabled account or key is out within a second, in every process.
 */
export class AccountDirectory implements Disposable {
  readonly #options: AccountDirectoryOptions;
  readonly #known = new LruMap<string, { readonly account: KnownAccount; readonly readAt: number }>(MAX_KNOWN);
  readonly #unsubscribe: () => void;
  #drops = 0;

  constructor(options: AccountDirectoryOptions) {
    this.#options = options;
    this.#unsubscribe = options.events.subscribe(
      (event) => {
        if (event.type === "account-changed") {
          this.#drops += 1;
          this.#known.delete(event.accountId);
        }
      },
      () => {
        this.#drops += 1;
        this.#known.clear();
      },
    );
  }

  /** The account if it is known without asking the database. */
  recall(id: string): KnownAccount | undefined {
    const known = this.#known.get(id);
    const age = known === undefined ? -1 : this.#options.clock.now().getTime() - known.readAt;
    return age >= 0 && age < TRUSTED_MS ? known?.account : undefined;
  }

  /** Absent when there is no such account, or it is disabled. */
  async find(id: string): Promise<KnownAccount | undefined> {
    const drops = this.#drops;
    const readAt = this.#options.clock.now().getTime();
    const account = await this.#read(id);
    if (account !== undefined && drops === this.#drops) {
      this.#known.set(id, { account, readAt });
    }
    return account;
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
  }

  async #read(id: string): Promise<KnownAccount | undefined> {
    const { accounts, keys, maxKeyAgeMs, maxIdleMs } = this.#options;
    const listed = await accounts.find(id);
    const found = listed?.state === "active" ? await accounts.findByName(listed.name) : undefined;
    if (found === undefined || found.id !== id) {
      return undefined;
    }
    const { passwordHash, ...account } = found;
    // A password that its owner did not choose makes no tokens.
    const isOwn = passwordHash !== "" && !account.mustChangePassword;
    const password = isOwn ? passwordCredential(passwordHash) : undefined;
    const ends = new Map(
      (await keys.list(id))
        .filter(({ state }) => state === "active")
        .map((key) => [keyCredential(key.id), earlierOf(endOfKey(key, maxKeyAgeMs), endOfSignIn(account, maxIdleMs))]),
    );
    return {
      account,
      holds(credential, now) {
        const end = ends.get(credential);
        return credential === password || (ends.has(credential) && (end === undefined || now < end));
      },
    };
  }
}

/** Names a password in a token without saying anything about it: the hash has a salt. */
export function passwordCredential(passwordHash: string): string {
  return `password:${createHash("sha256").update(passwordHash).digest("base64url").slice(0, 16)}`;
}

export function keyCredential(keyId: string): string {
  return `key:${keyId}`;
}
