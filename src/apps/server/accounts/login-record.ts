// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { AuditStore } from "#database";
import { LruMap } from "../registry/lru-map.ts";

/** A program that signs in with each request fills the audit log with one line in so long, not with thousands. */
const SAME_LOGIN_MS = 10 * 60_000;
const MAX_REMEMBERED = 10_000;

/** Who signed in, with what, and from where. */
export interface Login {
  readonly actor: string;
  /** e.g. the name of an access key; absent: a password. */
  readonly accessKey?: string;
  readonly requestId: string;
  readonly remoteAddress: string;
}

/** Writes logins to the audit log: the first of each credential from an address in ten minutes, and each that fails. */
export class LoginRecord {
  readonly #audit: AuditStore;
  readonly #clock: Clock;
  readonly #recorded = new LruMap<string, number>(MAX_REMEMBERED);

  constructor(audit: AuditStore, clock: Clock) {
    this.#audit = audit;
    this.#clock = clock;
  }

  async succeeded({ actor, accessKey, requestId, remoteAddress }: Login): Promise<void> {
    if (this.#isRepeated(`login\n${actor}\n${accessKey ?? ""}\n${remoteAddress}`)) {
      return;
    }
    await this.#audit.append({
      actor,
      action: accessKey === undefined ? "login" : "access-key-login",
      target: accessKey ?? actor,
      requestId,
      remoteAddress,
      at: this.#clock.now().toISOString(),
    });
  }

  /** Somebody who is signed in was refused for lack of a role; once in ten minutes for the same thing. */
  async refused(refusal: {
    readonly actor: string;
    readonly target: string;
    readonly requestId: string;
    readonly remoteAddress: string;
  }): Promise<void> {
    const { actor, target, requestId, remoteAddress } = refusal;
    if (this.#isRepeated(`refused\n${actor}\n${target}`)) {
      return;
    }
    const at = this.#clock.now().toISOString();
    await this.#audit.append({ actor, action: "access-refused", target, requestId, remoteAddress, at });
  }

  /** `target`: an account that exists, or what has the form of an access key; nothing else that was typed: it may be a password. */
  async failed(login: {
    readonly target: string | undefined;
    readonly requestId: string;
    readonly remoteAddress: string;
  }): Promise<void> {
    await this.#audit.append({
      actor: "anonymous",
      action: "login-failed",
      target: login.target ?? "(unknown account)",
      requestId: login.requestId,
      remoteAddress: login.remoteAddress,
      at: this.#clock.now().toISOString(),
    });
  }

  #isRepeated(key: string): boolean {
    const now = this.#clock.now().getTime();
    const last = this.#recorded.get(key);
    if (last !== undefined && now >= last && now - last < SAME_LOGIN_MS) {
      return true;
    }
    this.#recorded.set(key, now);
    return false;
  }
}
