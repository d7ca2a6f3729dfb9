// SPDX-License-Identifier: Apache-2.0

/** A file that verification needs next. */
export interface MetadataRequest {
  /** Below `<server>/v2/<gun>/_trust/tuf/`, e.g. `root.json`, `2.root.json`, `targets/releases.<sha256>.json`. */
  readonly name: string;
  /** For messages. */
  readonly role: string;
  readonly maxBytes: number;
  /** Hexadecimal; such a file never changes and may come from any cache. The bytes are checked again. */
  readonly sha256?: string;
}

/** A part of verification that asks for files: `undefined` is the server's certain answer that there is no such file. */
export type MetadataStep<T> = Generator<MetadataRequest, T, Uint8Array | undefined>;
