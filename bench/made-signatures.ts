// SPDX-License-Identifier: Apache-2.0

/** Different valid signatures of one kind, and two ways to go through all of them. */
export interface MadeSignatures {
  readonly count: number;
  /** Ours, with one verifier whose keys and trust roots are warm; throws when one does not count. */
  verifyAll(): void | Promise<void>;
  /** `node:crypto` alone, verifying as many signatures and certificates of the same algorithms, with parsed keys. */
  verifyBare(): void;
}
