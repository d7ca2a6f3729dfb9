// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ManifestRecord } from "#database";
import type { Author } from "../content/registry-content.ts";

/** Where images are copied to: our own content, or a repository of another registry. */
export interface CopyTarget {
  /** What is damaged there counts as missing, as far as can be told. */
  findWholeManifest(
    repository: string,
    reference: string,
  ): Promise<Pick<ManifestRecord, "digest" | "mediaType" | "kind"> | undefined>;
  readManifest(digest: Digest): Promise<Uint8Array>;
  putManifest(
    repository: string,
    manifest: {
      readonly mediaType: string;
      readonly bytes: Uint8Array;
      readonly digest: Digest;
      readonly tag?: string;
      readonly isSparse?: boolean;
      /** Only where the tag leads nowhere, or to this manifest already; else `DENIED` with `taken` in the details. */
      readonly isNewTag?: boolean;
    },
    author: Author,
  ): Promise<unknown>;
}
