// SPDX-License-Identifier: Apache-2.0

/**
 * Keeps what was seen of a TUF repository, so that older metadata and another root are recognised later. The server
 * keeps it in the database, the command line in the data folder. `key` is `notary <server> <gun>` or `tuf <url>`.
 */
export interface TrustStateStore {
  read(key: string): Promise<Uint8Array | undefined>;
  /**
   * Replaces `expected` (what was read; `undefined` for nothing) by `next`; `false` when something else is there by now,
   * in which case the caller reads and verifies again. Atomic among processes, durable when it returns.
   */
  replace(key: string, expected: Uint8Array | undefined, next: Uint8Array): Promise<boolean>;
}
