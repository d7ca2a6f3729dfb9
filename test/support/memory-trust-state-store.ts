// SPDX-License-Identifier: Apache-2.0
import type { TrustStateStore } from "#signatures";

/** A trust state store in memory; passes `test/support/contracts/trust-state-store.ts`. */
export class MemoryTrustStateStore implements TrustStateStore {
  readonly #values: Map<string, Uint8Array> = new Map();

  read(key: string): Promise<Uint8Array | undefined> {
    const value = this.#values.get(key);
    return Promise.resolve(value === undefined ? undefined : Uint8Array.from(value));
  }

  replace(key: string, expected: Uint8Array | undefined, next: Uint8Array): Promise<boolean> {
    const found = this.#values.get(key);
    const isExpected =
      found === undefined || expected === undefined ? found === expected : Buffer.compare(found, expected) === 0;
    if (isExpected) {
      this.#values.set(key, Uint8Array.from(next));
    }
    return Promise.resolve(isExpected);
  }
}
