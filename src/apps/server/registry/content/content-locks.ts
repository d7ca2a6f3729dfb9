// SPDX-License-Identifier: Apache-2.0

interface Waiting {
  readonly isExclusive: boolean;
  readonly grant: () => void;
}

interface Lock {
  /** How many share it; −1: somebody has it alone. */
  holders: number;
  readonly waiting: Waiting[];
}

/**
 * Who works with which content, in this process; what keeps several processes apart is in the database. A push shares what it needs, whoever takes content away has it
 * alone: so what a push was told is there stays until the push is acknowledged. Keys are taken in one order, in the order of the
 * requests, so nobody waits in a circle or for ever. Not re-entrant.
 */
export class ContentLocks {
  readonly #locks = new Map<string, Lock>();

  /** Runs the work while nobody has a `shared` key alone and nobody else has an `exclusive` key at all. */
  async hold<T>(
    keys: { readonly shared?: readonly string[]; readonly exclusive?: readonly string[] },
    work: () => Promise<T>,
  ): Promise<T> {
    const isExclusive = new Map((keys.shared ?? []).map((key) => [key, false]));
    for (const key of keys.exclusive ?? []) {
      isExclusive.set(key, true);
    }
    const wanted = [...isExclusive].toSorted(([a], [b]) => (a < b ? -1 : 1));
    for (const [key, exclusive] of wanted) {
      await this.#acquire(key, exclusive);
    }
    try {
      return await work();
    } finally {
      for (const [key] of wanted) {
        this.#release(key);
      }
    }
  }

  async #acquire(key: string, isExclusive: boolean): Promise<void> {
    const lock = this.#locks.get(key) ?? { holders: 0, waiting: [] };
    this.#locks.set(key, lock);
    if (lock.waiting.length === 0 && mayHave(lock, isExclusive)) {
      take(lock, isExclusive);
      return;
    }
    await new Promise<void>((resolve) => {
      lock.waiting.push({ isExclusive, grant: resolve });
    });
  }

  #release(key: string): void {
    const lock = this.#locks.get(key);
    if (lock === undefined) {
      return;
    }
    lock.holders = lock.holders < 0 ? 0 : lock.holders - 1;
    for (let next = lock.waiting[0]; next !== undefined && mayHave(lock, next.isExclusive); next = lock.waiting[0]) {
      lock.waiting.shift();
      take(lock, next.isExclusive);
      next.grant();
    }
    if (lock.holders === 0) {
      this.#locks.delete(key);
    }
  }
}

/** The key of bytes, whichever repositories have them. */
export function blobKey(digest: string): string {
  return digest;
}

export function manifestKey(repository: string, digest: string): string {
  return `${repository}@${digest}`;
}

export function tagKey(repository: string, tag: string): string {
  return `${repository}:${tag}`;
}

function mayHave(lock: Lock, isExclusive: boolean): boolean {
  return isExclusive ? lock.holders === 0 : lock.holders >= 0;
}

function take(lock: Lock, isExclusive: boolean): void {
  lock.holders = isExclusive ? -1 : lock.holders + 1;
}
