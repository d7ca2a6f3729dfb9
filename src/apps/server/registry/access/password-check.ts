// SPDX-License-Identifier: Apache-2.0
import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "#base";
import type { Account, AccountStore } from "#database";
import { LruMap } from "../lru-map.ts";
import type { Credentials } from "./basic-credentials.ts";

/** A push sends the same password hundreds of times; Argon2 costs 50 ms each. A changed password works this long at most. */
const TRUSTED_MS = 60_000;
const MAX_TRUSTED = 1_000;
/** Verifications at once, and waiting: Argon2 takes memory and the threads that files need. */
const MAX_RUNNING = 2;
const MAX_WAITING = 50;

export type VerifyPassword = (password: string, hash: string | undefined) => Promise<{ readonly isValid: boolean }>;

/** `busy`: too many verifications wait already; nothing was checked. */
export type PasswordAnswer = Account | "wrong" | "busy";

/** Checks names and passwords; what was right lately is remembered under a keyed hash, never in clear. */
export class PasswordCheck {
  readonly #accounts: AccountStore;
  readonly #verify: VerifyPassword;
  readonly #clock: Clock;
  readonly #key: Buffer = randomBytes(32);
  readonly #trusted = new LruMap<string, { readonly account: Account; readonly at: number }>(MAX_TRUSTED);
  readonly #running = new Map<string, Promise<Account | undefined>>();
  readonly #waiting: (() => void)[] = [];
  #free: number = MAX_RUNNING;

  constructor(options: { readonly accounts: AccountStore; readonly verify: VerifyPassword; readonly clock: Clock }) {
    this.#accounts = options.accounts;
    this.#verify = options.verify;
    this.#clock = options.clock;
  }

  /** The account if these credentials were right within the last minute, without any work. */
  recall(credentials: Credentials): Account | undefined {
    const known = this.#trusted.get(this.#keyOf(credentials));
    const age = known === undefined ? Number.POSITIVE_INFINITY : this.#clock.now().getTime() - known.at;
    return age >= 0 && age < TRUSTED_MS ? known?.account : undefined;
  }

  /** Whether the same credentials are being checked at this moment, so that asking again is no further guess. */
  isChecking(credentials: Credentials): boolean {
    return this.#running.has(this.#keyOf(credentials));
  }

  async check(credentials: Credentials): Promise<PasswordAnswer> {
    const key = this.#keyOf(credentials);
    const running = this.#running.get(key);
    if (running !== undefined) {
      return (await running) ?? "wrong";
    }
    if (this.#waiting.length >= MAX_WAITING) {
      return "busy";
    }
    const started = this.#checkNow(credentials);
    this.#running.set(key, started);
    try {
      const account = await started;
      if (account !== undefined) {
        this.#trusted.set(key, { account, at: this.#clock.now().getTime() });
      }
      return account ?? "wrong";
    } finally {
      this.#running.delete(key);
    }
  }

  async #checkNow({ name, password }: Credentials): Promise<Account | undefined> {
    await this.#acquire();
    try {
      const found = await this.#accounts.findByName(name);
      // An unknown name costs the same work, so that the time tells nobody which accounts there are.
      const { isValid } = await this.#verify(password, found?.passwordHash);
      if (!isValid || found === undefined) {
        return undefined;
      }
      const { passwordHash: _, ...account } = found;
      return account;
    } finally {
      this.#release();
    }
  }

  async #acquire(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#free += 1;
    } else {
      next();
    }
  }

  #keyOf({ name, password }: Credentials): string {
    return createHmac("sha256", this.#key).update(`${name.length}:${name}${password}`).digest("base64");
  }
}
