// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";

/** A manifest that was pushed, as the database knows it; its bytes are in the blob store under its digest. */
export interface ManifestRecord {
  readonly repository: string;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly kind: "image" | "index" | "artifact";
  readonly sizeBytes: number;
  readonly artifactType?: string;
  readonly subject?: Digest;
  readonly platform?: string;
  /** Digests this manifest needs: config and layers (`blob`) or child manifests (`manifest`). */
  readonly references: readonly {
    readonly digest: Digest;
    readonly kind: "blob" | "manifest";
    readonly sizeBytes: number;
    /** Of a push: a layer that may lie elsewhere. It need not be in the repository; it is not stored that it was so. */
    readonly isForeign?: true;
  }[];
  readonly pushedBy: string;
  /** RFC 3339. */
  readonly pushedAt: string;
}
