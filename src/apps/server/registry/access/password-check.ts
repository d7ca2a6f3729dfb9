// SPDX-License-Identifier: Apache-2.0
import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "#base";
import type { Account, AccountStore } from "#database";
import { passwordCredential } from "../../accounts/account-directory.ts";
import type { Credentials } from "../../accounts/basic-credentials.ts";
import { LruMap } from "../lru-map.ts";

/** A push sends the same password hundreds of times; Argon2 costs 50 ms each. A changed account is forgotten at once. */
const TRUSTED_MS = 60_000;
const MAX_TRUSTED = 1_000;
/** Verifications at once, and waiting: Argon2 takes memory and the threads that files need. */
const MAX_RUNNING = 2;
const MAX_WAITING = 50;

export type VerifyPassword = (password: string, hash: string | undefined) => Promise<{ readonly isValid: boolean }>;

/** Whose password it is, and what tokens made by it are bound to. */
export interface CheckedPassword {
  readonly account: Account;
  readonly credential: string;
}

/**
 * `first`: it is right, but somebody else made it (the first password of an account, or a reset), and its owner has not changed it yet.
 * `busy`: too many verifications wait already; nothing was checked.
 */
export type PasswordAnswer = CheckedPassword | "wrong" | "first" | "busy";

/** Checks names and passwords; what was right lately is remembered under a keyed hash, never in clear. */
export class PasswordCheck {
  readonly #accounts: AccountStore;
  readonly #verify: VerifyPassword;
  readonly #clock: Clock;
  readonly #key: Buffer = randomBytes(32);
  readonly #trusted = new LruMap<string, { readonly checked: CheckedPassword; readonly at: number }>(MAX_TRUSTED);
  readonly #running = new Map<string, Promise<CheckedPassword | "wrong" | "first">>();
  readonly #waiting: (() => void)[] = [];
  #free: number = MAX_RUNNING;
  /** Counts what was forgotten: what was being checked meanwhile may be older than that. */
  #drops = 0;

  constructor(options: { readonly accounts: AccountStore; readonly verify: VerifyPassword; readonly clock: Clock }) {
    this.#accounts = options.accounts;
    this.#verify = options.verify;
    this.#clock = options.clock;
  }

  /** The account if these credentials were right within the last minute, without any work. */
  recall(credentials: Credentials): CheckedPassword | undefined {
    const known = this.#trusted.get(this.#keyOf(credentials));
    const age = known === undefined ? Number.POSITIVE_INFINITY : this.#clock.now().getTime() - known.at;
    return age >= 0 && age < TRUSTED_MS ? known?.checked : undefined;
  }

  /** Some account changed: nobody may go on by what was right before. */
  forget(): void {
    this.#drops += 1;
    this.#trusted.clear();
  }

  /** Whether the same credentials are being checked at this moment, so that asking again is no further guess. */
  isChecking(credentials: Credentials): boolean {
    return this.#running.has(this.#keyOf(credentials));
  }

  async check(credentials: Credentials): Promise<PasswordAnswer> {
    const key = this.#keyOf(credentials);
    const running = this.#running.get(key);
    if (running !== undefined) {
      return await running;
    }
    if (this.#waiting.length >= MAX_WAITING) {
      return "busy";
    }
    const drops = this.#drops;
    const started = this.#checkNow(credentials);
    this.#running.set(key, started);
    try {
      const checked = await started;
      if (typeof checked === "object" && drops === this.#drops) {
        this.#trusted.set(key, { checked, at: this.#clock.now().getTime() });
      }
      return checked;
    } finally {
      this.#running.delete(key);
    }
  }

  async #checkNow({ name, password }: Credentials): Promise<CheckedPassword | "wrong" | "first"> {
    await this.#acquire();
    try {
      const found = await this.#accounts.findByName(name);
      // An unknown name costs the same work, so that the time tells nobody which accounts there are.
      const { isValid } = await this.#verify(password, found?.passwordHash);
      if (!isValid || found === undefined) {
        return "wrong";
      }
      const { passwordHash, ...account } = found;
      if (account.mustChangePassword) {
        return "first";
      }
      return { account, credential: passwordCredential(passwordHash) };
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
