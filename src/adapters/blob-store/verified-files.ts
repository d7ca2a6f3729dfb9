// SPDX-License-Identifier: Apache-2.0
import type { Stats } from "node:fs";
import type { Clock, Digest } from "#base";

const MAX_FILES = 10_000;
/** After this time a file is hashed again even if nothing changed it: a disk may lose bytes without telling. */
const TRUSTED_MS = 10 * 60 * 1000;

/**
 * Files that were hashed lately and not changed since (inode, size, change time), so that a popular blob is not hashed
 * on every pull.
 */
export class VerifiedFiles {
  readonly #clock: Clock;
  readonly #files = new Map<Digest, { readonly mark: string; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(digest: Digest, file: Stats): boolean {
    const known = this.#files.get(digest);
    const age = known === undefined ? Number.POSITIVE_INFINITY : this.#clock.now().getTime() - known.at;
    return known?.mark === identify(file) && age >= 0 && age < TRUSTED_MS;
  }

  add(digest: Digest, file: Stats): void {
    this.#files.delete(digest);
    this.#files.set(digest, { mark: identify(file), at: this.#clock.now().getTime() });
    const oldest = this.#files.size > MAX_FILES ? this.#files.keys().next().value : undefined;
    if (oldest !== undefined) {
      this.#files.delete(oldest);
    }
  }
}

/** The same for the same file, as long as nobody changes it. */
export function identify(file: Stats): string {
  return `${file.dev}:${file.ino}:${file.size}:${file.mtimeMs}:${file.ctimeMs}`;
}
