// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { FetchedManifest } from "#image-source";
import type { Descriptor } from "#oci";

/** One repository that images are copied from. What it throws ends the copy. */
export interface CopySource {
  /** By tag or digest, its digest verified; `undefined`: there is none. */
  readManifest(name: string, signal: AbortSignal): Promise<FetchedManifest | undefined>;
  /** What is attached to the digest. */
  listReferrers(digest: Digest, signal: AbortSignal): Promise<readonly Descriptor[]>;
  /**
   * Puts a blob, verified, into the repository that is copied to, unless it is there. Returns how many bytes had to be
   * sent. Throws `ImageSourceError` `BLOB_MISSING` when the source has none.
   */
  provideBlob(descriptor: Descriptor, signal: AbortSignal): Promise<number>;
}
