// SPDX-License-Identifier: Apache-2.0
import type { PolicySecret } from "#policy";
import { FollowedSecret } from "./followed-secret.ts";
import type { NamedSecret } from "./named-secrets.ts";
import type { WatchSurroundings } from "./watch-kinds.ts";

/** How often a Secret is read where it may not be watched. */
const POLL_MS = 2_000;
/** Many Secrets together are not read more often than this. */
const POLL_PER_SECRET_MS = 50;

/** The Secrets that policies in force name, each followed by its name: no other Secret is ever read. */
export class WatchedSecrets implements AsyncDisposable {
  readonly #surroundings: WatchSurroundings;
  readonly #onChange: () => void;
  readonly #pollMs: number;
  readonly #followed = new Map<string, FollowedSecret>();

  constructor(surroundings: WatchSurroundings, onChange: () => void, pollMs: number = POLL_MS) {
    this.#surroundings = surroundings;
    this.#pollMs = pollMs;
    this.#onChange = onChange;
  }

  /** What there is of those that are wanted; one that vanished is not among them. */
  get secrets(): readonly PolicySecret[] {
    return this.followed.flatMap(({ secrets }) => secrets);
  }

  /** Whether of each that is wanted it is known if it is there. */
  get isAnswered(): boolean {
    return this.followed.every(({ state }) => state !== "starting");
  }

  get followed(): readonly FollowedSecret[] {
    return [...this.#followed.values()];
  }

  /** Follows these from now on, and forgets the others. */
  want(named: readonly NamedSecret[]): void {
    const wanted = new Map(named.map((each) => [`${each.namespace ?? ""}/${each.name}`, each]));
    for (const [key, secret] of this.#followed) {
      if (!wanted.has(key)) {
        this.#followed.delete(key);
        this.#close(secret);
      }
    }
    for (const [key, each] of wanted) {
      if (!this.#followed.has(key)) {
        const secret = new FollowedSecret({
          named: each,
          surroundings: this.#surroundings,
          onChange: this.#onChange,
          pollMs: () => Math.max(this.#pollMs, this.#followed.size * POLL_PER_SECRET_MS),
        });
        this.#followed.set(key, secret);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.followed.map((each) => each[Symbol.asyncDispose]()));
    this.#followed.clear();
  }

  #close(secret: FollowedSecret): void {
    secret[Symbol.asyncDispose]().catch((error: unknown) => {
      this.#surroundings.log.warn({ err: error }, "a watch could not be closed");
    });
  }
}
