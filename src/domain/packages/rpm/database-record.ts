// SPDX-License-Identifier: Apache-2.0

/**
 * What a reader of a database format yields: the header of one package as it is stored, or why something cannot be read.
 * `isWhole`: the file itself is not what it should be, and nothing more comes.
 */
export type DatabaseRecord = { readonly header: Uint8Array } | { readonly problem: string; readonly isWhole?: true };

/** Reads the headers out of a whole database file. Never throws; takes time and memory in proportion to the file. */
export type DatabaseReader = (bytes: Uint8Array) => Generator<DatabaseRecord, void>;

/** A view of the same bytes for numbers. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
