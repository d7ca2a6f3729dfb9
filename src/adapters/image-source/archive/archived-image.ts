// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Descriptor } from "#oci";
import type { FetchedManifest } from "../registry/fetched-manifest.ts";

/** An image that lies in an archive. What is read of it is verified; an archive proves nothing about where it comes from. */
export interface ArchivedImage {
  /** As the archive names it; absent: it does not say. */
  readonly name?: { readonly registry: string; readonly repository: string };
  readonly tag?: string;
  readonly root: FetchedManifest;
  /** By digest, or by a tag that the archive gives under the same name. */
  readManifest(name: string, signal?: AbortSignal): Promise<FetchedManifest | undefined>;
  /** What the archive has that is about the digest. */
  listReferrers(digest: Digest, signal?: AbortSignal): Promise<readonly Descriptor[]>;
  /** Throws before its end when it is not what the descriptor says; `BLOB_MISSING` at once. */
  openBlob(descriptor: Descriptor, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

/** An open archive of images. */
export interface ImageArchive extends AsyncDisposable {
  readonly images: readonly ArchivedImage[];
}
