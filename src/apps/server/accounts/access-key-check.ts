// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { AccessKeyStore, EventBus, UsableAccessKey } from "#database";
import { LruMap } from "../registry/lru-map.ts";
import type { AccessKeyPair, SecretHasher } from "./access-key-pair.ts";
import { endOfSignIn } from "./sign-in-life.ts";

const MAX_KNOWN = 2_000;
/** Events drop what is known at once; this is for the case that none arrives. */
const TRUSTED_MS = 30_000;

interface KnownKey {
  readonly usable: UsableAccessKey;
  readonly readAt: number;
}

/** Checks access keys. What was read of one is remembered until an event says that its account changed. */
export class AccessKeyCheck implements Disposable {
  readonly #keys: AccessKeyStore;
  readonly #hasher: SecretHasher;
  readonly #clock: Clock;
  readonly #maxAgeMs: number | undefined;
  readonly #maxIdleMs: number | undefined;
  readonly #known = new LruMap<string, KnownKey>(MAX_KNOWN);
  readonly #reading = new Map<string, Promise<UsableAccessKey | undefined>>();
  readonly #unsubscribe: () => void;
  /** Counts what was dropped: what was being read meanwhile may be older than that. */
  #drops = 0;

  constructor(options: {
    readonly keys: AccessKeyStore;
    readonly hasher: SecretHasher;
    readonly events: EventBus;
    readonly clock: Clock;
    /** Since its secret was made; absent: no limit. */
    readonly maxAgeMs: number | undefined;
    /** Since the last login at the identity provider, of those whom one knows; absent: no limit. */
    readonly maxIdleMs: number | undefined;
  }) {
    this.#keys = options.keys;
    this.#hasher = options.hasher;
    this.#clock = options.clock;
    this.#maxAgeMs = options.maxAgeMs;
    this.#maxIdleMs = options.maxIdleMs;
    this.#unsubscribe = options.events.subscribe(
      (event) => {
        if (event.type === "account-changed") {
          this.#drop();
        }
      },
      () => this.#drop(),
    );
  }

  /** Whether the key is known or being read, so that checking it asks nobody. */
  isKnown(accessKey: string): boolean {
    return this.#recall(accessKey) !== undefined || this.#reading.has(accessKey);
  }

  /**
   * The key and its account when the secret is right and both may be used now; counts as a use. `idle`: it is right, but the person has not
   * signed in at the identity provider for too long.
   */
  async check(pair: AccessKeyPair): Promise<UsableAccessKey | "wrong" | "unknown" | "idle"> {
    const usable = this.#recall(pair.accessKey) ?? (await this.#readOnce(pair.accessKey));
    if (usable === undefined) {
      return "unknown";
    }
    if (!this.#hasher.isRight(pair, usable.secretHash) || !this.#isInTime(usable)) {
      return "wrong";
    }
    const end = endOfSignIn(usable.account, this.#maxIdleMs);
    if (end !== undefined && this.#clock.now() >= end) {
      return "idle";
    }
    this.#keys.noteUse(usable.key.id);
    return usable;
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
  }

  #isInTime({ key }: UsableAccessKey): boolean {
    const end = endOfKey(key, this.#maxAgeMs);
    return end === undefined || this.#clock.now() < end;
  }

  #recall(accessKey: string): UsableAccessKey | undefined {
    const known = this.#known.get(accessKey);
    const age = known === undefined ? -1 : this.#clock.now().getTime() - known.readAt;
    return age >= 0 && age < TRUSTED_MS ? known?.usable : undefined;
  }

  async #readOnce(accessKey: string): Promise<UsableAccessKey | undefined> {
    const reading = this.#reading.get(accessKey) ?? this.#read(accessKey);
    this.#reading.set(accessKey, reading);
    try {
      return await reading;
    } finally {
      this.#reading.delete(accessKey);
    }
  }

  async #read(accessKey: string): Promise<UsableAccessKey | undefined> {
    const drops = this.#drops;
    const readAt = this.#clock.now().getTime();
    const usable = await this.#keys.findUsable(accessKey);
    if (usable !== undefined && drops === this.#drops) {
      this.#known.set(accessKey, { usable, readAt });
    }
    return usable;
  }

  #drop(): void {
    this.#drops += 1;
    this.#known.clear();
    this.#reading.clear();
  }
}

/** When the key stops working: its own end, or that of the longest life that the installation allows. */
export function endOfKey(
  key: { readonly rotatedAt: string; readonly expiresAt?: string },
  maxAgeMs: number | undefined,
): Date | undefined {
  const ends = [
    ...(key.expiresAt === undefined ? [] : [new Date(key.expiresAt).getTime()]),
    ...(maxAgeMs === undefined ? [] : [new Date(key.rotatedAt).getTime() + maxAgeMs]),
  ];
  return ends.length === 0 ? undefined : new Date(Math.min(...ends));
}
