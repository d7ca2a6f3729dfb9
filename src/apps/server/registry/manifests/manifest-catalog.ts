// SPDX-License-Identifier: Apache-2.0
import { type Digest, isDigest, LIMITS } from "#base";
import { type BlobStore, BlobStoreError } from "#blob-store";
import type { ManifestRecord, RegistryStore } from "#database";
import { RegistryError } from "../errors.ts";
import { LruMap } from "../lru-map.ts";

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_RECORD_BYTES = 32 * 1024 * 1024;
const MAX_TAGS = 50_000;

/**
 * What is known about stored manifests, with the busy ones in memory. A manifest never changes under its digest, but it can be
 * deleted; where a tag points changes, and is forgotten whenever it may have moved.
 */
export class ManifestCatalog {
  readonly #store: RegistryStore;
  readonly #blobs: BlobStore;
  readonly #records = new LruMap<string, ManifestRecord>(MAX_RECORD_BYTES);
  readonly #tags = new LruMap<string, Digest>(MAX_TAGS);
  readonly #bytes = new LruMap<Digest, Uint8Array>(MAX_BYTES);
  /** Counts what may have changed tags or taken manifests away: an answer of the database that was asked before is not kept after it. */
  #generation = 0;

  constructor(store: RegistryStore, blobs: BlobStore) {
    this.#store = store;
    this.#blobs = blobs;
  }

  /** The manifest that a tag or digest names in the repository. */
  async find(repository: string, reference: string): Promise<ManifestRecord | undefined> {
    const generation = this.#generation;
    if (isDigest(reference)) {
      return (
        this.#records.get(`${repository}@${reference}`) ??
        this.#keep(await this.#store.findManifest(repository, { digest: reference }), generation)
      );
    }
    const known = this.#tags.get(`${repository}:${reference}`);
    if (known !== undefined) {
      return await this.find(repository, known);
    }
    const record = this.#keep(await this.#store.findManifest(repository, { tag: reference }), generation);
    if (record !== undefined && generation === this.#generation) {
      this.#tags.set(`${repository}:${reference}`, record.digest);
    }
    return record;
  }

  /** The bytes as they were pushed, verified. Damaged or lost ones are `MANIFEST_UNKNOWN`, so that clients push them again. */
  async read(digest: Digest): Promise<Uint8Array> {
    const known = this.#bytes.get(digest);
    if (known !== undefined) {
      return known;
    }
    const bytes = await this.#readStored(digest);
    if (bytes === undefined) {
      throw new RegistryError("MANIFEST_UNKNOWN", "the manifest is damaged or lost in this registry: push it again", {
        details: { digest },
      });
    }
    this.#bytes.set(digest, bytes, bytes.length);
    return bytes;
  }

  /** They are damaged on disk: served from memory they would not be pushed again. */
  forgetBytes(digest: Digest): void {
    this.#bytes.delete(digest);
  }

  /** A tag of the repository may have moved. */
  forgetTag(repository: string, tag: string): void {
    this.#generation += 1;
    this.#tags.delete(`${repository}:${tag}`);
  }

  /** The repository does not have the manifest any more, nor tags that lead to it. */
  forgetManifest(repository: string, digest: Digest): void {
    this.#generation += 1;
    this.#records.delete(`${repository}@${digest}`);
    // which tags led to it is not known here
    this.#tags.clear();
  }

  /** Anything may have changed: events were lost. */
  forgetAll(): void {
    this.#generation += 1;
    this.#tags.clear();
    this.#records.clear();
  }

  async #readStored(digest: Digest): Promise<Uint8Array | undefined> {
    try {
      return await this.#blobs.read(digest, LIMITS.maxManifestBytes);
    } catch (error) {
      // the blob store has told of it
      if (error instanceof BlobStoreError && error.code === "BLOB_CORRUPT") {
        return undefined;
      }
      throw error;
    }
  }

  #keep(record: ManifestRecord | undefined, generation: number): ManifestRecord | undefined {
    if (record !== undefined && generation === this.#generation) {
      this.#records.set(`${record.repository}@${record.digest}`, record, 500 + 150 * record.references.length);
    }
    return record;
  }
}
