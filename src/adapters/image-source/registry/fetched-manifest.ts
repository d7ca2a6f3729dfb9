// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";

/** A manifest as a registry gave it, its digest verified. */
export interface FetchedManifest {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}
