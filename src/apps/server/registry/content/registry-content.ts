// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { OpenBlob } from "#blob-store";
import type { ManifestRecord } from "#database";

/** Who changes content and in which request or job, for the audit log. */
export interface Author {
  readonly actor: string;
  readonly requestId: string;
  readonly remoteAddress?: string;
  /** Of the registry's own work that may do what clients may not: retention deletes, a replication overwrites. Never past immutability or protection. */
  readonly isSystem?: boolean;
}

/**
 * The one way in which content of this registry is read and changed: the routes, replication, proxy cache, promotion, import and
 * restore all go through here, so that checks, quotas, immutability, protection, events and audit hold for each of them.
 * Reading here is not gated; whoever hands something out asks the gate.
 */
export interface RegistryContent {
  /** Whether the repository has the blob; asking keeps it from being collected for the time of a push. */
  hasBlob(repository: string, digest: Digest): Promise<boolean>;
  openBlob(repository: string, digest: Digest): Promise<OpenBlob | undefined>;
  /** Stores, verifies and links a blob. Throws `DIGEST_INVALID`, `SIZE_INVALID`, `DISK_FULL`, `QUOTA_EXCEEDED`, `BLOB_TOO_LARGE`. */
  putBlob(
    repository: string,
    blob: { readonly digest: Digest; readonly sizeBytes?: number },
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<void>;
  /** Makes a blob of another repository readable here, without a check of rights. False: it has none that is whole. */
  linkBlob(repository: string, from: string, digest: Digest): Promise<boolean>;
  findManifest(repository: string, reference: string): Promise<ManifestRecord | undefined>;
  /** As `findManifest`, but not one whose bytes are damaged or lost: whoever brings content brings it again, which repairs it. */
  findWholeManifest(repository: string, reference: string): Promise<ManifestRecord | undefined>;
  /** Throws `MANIFEST_UNKNOWN` for bytes that are damaged or lost. */
  readManifest(digest: Digest): Promise<Uint8Array>;
  /** As a push: everything it names must be there. Throws what a push is answered with (RegistryError), `TAG_IMMUTABLE`, `QUOTA_EXCEEDED`. */
  putManifest(
    repository: string,
    manifest: {
      readonly mediaType: string;
      readonly bytes: Uint8Array;
      readonly digest?: Digest;
      readonly tag?: string;
      /** Children of an index may be missing: a proxy cache fetches them when they are asked for. */
      readonly isSparse?: boolean;
      /** Only where the tag leads nowhere, or to this manifest already: else `DENIED`, with the digest there as `taken` in the details. */
      readonly isNewTag?: boolean;
    },
    author: Author,
  ): Promise<ManifestRecord>;
  /**
   * Throws `MANIFEST_UNKNOWN`, `DENIED` with who or what protects it. With `ledTo` only while the tag leads there since that push: what
   * somebody pushed since it was decided on stays (`MANIFEST_UNKNOWN`), were it the same image again.
   */
  deleteTag(
    repository: string,
    tag: string,
    author: Author,
    ledTo?: { readonly digest: Digest; readonly pushedAt: Date },
  ): Promise<void>;
  /** With every tag that leads to it; `isUntagged`: only while there is none (`DENIED`). Throws as above. */
  deleteManifest(
    repository: string,
    digest: Digest,
    author: Author,
    options?: { readonly isUntagged: true },
  ): Promise<void>;
  /** Takes the blob out of the repository, unless a manifest needs it (`DENIED`). Its bytes go with the next collection. */
  deleteBlob(repository: string, digest: Digest, author: Author): Promise<void>;
}
