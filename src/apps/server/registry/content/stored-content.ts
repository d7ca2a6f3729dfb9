// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { OpenBlob } from "#blob-store";
import type { ManifestRecord } from "#database";
import { BlobUploads } from "./blob-uploads.ts";
import type { ContentParts } from "./content-parts.ts";
import { deleteBlob, deleteManifest, deleteTag } from "./delete-content.ts";
import { type PushedManifest, pushManifest } from "./push-manifest.ts";
import type { Author, RegistryContent } from "./registry-content.ts";

/** The content in blob store and database. */
export class StoredContent implements RegistryContent {
  readonly uploads: BlobUploads;
  readonly #parts: ContentParts;

  constructor(parts: ContentParts) {
    this.#parts = parts;
    this.uploads = new BlobUploads(parts);
  }

  /** The parts, for the registry's own modules: locks for what collects, memory for what reads. */
  get parts(): ContentParts {
    return this.#parts;
  }

  hasBlob(repository: string, digest: Digest): Promise<boolean> {
    return this.uploads.has(repository, digest);
  }

  async openBlob(repository: string, digest: Digest): Promise<OpenBlob | undefined> {
    const link = await this.#parts.blobCatalog.find(repository, digest);
    return link === undefined ? undefined : await this.#parts.blobs.open(digest);
  }

  putBlob(
    repository: string,
    blob: { readonly digest: Digest; readonly sizeBytes?: number },
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    return this.uploads.put(repository, blob, chunks);
  }

  linkBlob(repository: string, from: string, digest: Digest): Promise<boolean> {
    return this.uploads.mount(repository, from, digest);
  }

  findManifest(repository: string, reference: string): Promise<ManifestRecord | undefined> {
    return this.#parts.manifests.find(repository, reference);
  }

  async findWholeManifest(repository: string, reference: string): Promise<ManifestRecord | undefined> {
    const record = await this.findManifest(repository, reference);
    const stored = record === undefined ? undefined : await this.#parts.blobs.stat(record.digest);
    return stored === undefined ? undefined : record;
  }

  readManifest(digest: Digest): Promise<Uint8Array> {
    return this.#parts.manifests.read(digest);
  }

  putManifest(
    repository: string,
    manifest: Omit<PushedManifest, "tags"> & { readonly tag?: string; readonly tags?: readonly string[] },
    author: Author,
  ): Promise<ManifestRecord> {
    const { tag, tags = tag === undefined ? [] : [tag], ...pushed } = manifest;
    return pushManifest(this.#parts, repository, { ...pushed, tags }, author);
  }

  deleteTag(
    repository: string,
    tag: string,
    author: Author,
    ledTo?: { readonly digest: Digest; readonly pushedAt: Date },
  ): Promise<void> {
    return deleteTag(this.#parts, { repository, tag, ledTo }, author);
  }

  deleteManifest(
    repository: string,
    digest: Digest,
    author: Author,
    options?: { readonly isUntagged: true },
  ): Promise<void> {
    return deleteManifest(this.#parts, { repository, digest, isUntagged: options?.isUntagged }, author);
  }

  async deleteBlob(repository: string, digest: Digest, author: Author): Promise<void> {
    await deleteBlob(this.#parts, repository, digest, author);
    this.uploads.forget(repository, digest);
  }

  /** Any repository may have lost blobs: another process collected. */
  forgetLinks(): void {
    this.#parts.blobCatalog.forgetLinks();
    this.uploads.forgetAll();
  }

  /** What is remembered of the repository's link to a blob is forgotten: it is gone, or comes from another process. */
  forgetBlob(repository: string, digest: Digest): void {
    this.#parts.blobCatalog.forgetLink(repository, digest);
    this.uploads.forget(repository, digest);
  }
}
