// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";

/** A blob of the registry that is not what its digest says, or is gone. */
export interface DamagedBlob {
  readonly digest: Digest;
  readonly condition: "damaged" | "missing";
  /** RFC 3339: when it was found. */
  readonly foundAt: string;
}

/** What is damaged until it is stored again, is checked well, or nobody needs it any more. */
export interface DamagedBlobStore {
  /** Remembers when it was found first; a file that is gone in the meantime is missing from then on. */
  note(digest: Digest, condition: DamagedBlob["condition"]): Promise<void>;
  /** It is whole again, or was removed. */
  forget(digest: Digest): Promise<void>;
  find(digest: Digest): Promise<DamagedBlob | undefined>;
  /** Forgets what no repository has any more; returns how many. */
  forgetUnheld(): Promise<number>;
  /** Those that some repository has, in the order of digests. */
  list(page: { readonly after?: string; readonly limit: number }): Promise<readonly DamagedBlob[]>;
  /** How many of those there are. */
  count(): Promise<Readonly<Record<DamagedBlob["condition"], number>>>;
}
