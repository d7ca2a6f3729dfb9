// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ManifestRecord, RegistryStore } from "#database";
import { LruMap } from "../lru-map.ts";

const MAX_LINKS = 50_000;
const MAX_HOLDERS = 200_000;

/** A manifest that names a blob. */
export type BlobHolder = Pick<ManifestRecord, "digest" | "kind">;

/** Which blobs a repository has, and which of its manifests hold them. */
export class BlobCatalog {
  readonly #store: RegistryStore;
  readonly #links = new LruMap<string, { readonly sizeBytes: number }>(MAX_LINKS);
  readonly #holders = new LruMap<string, readonly BlobHolder[]>(MAX_HOLDERS);
  #generation = 0;
  #linkGeneration = 0;

  constructor(store: RegistryStore) {
    this.#store = store;
  }

  /** The size of a blob that was uploaded to or mounted in the repository. */
  async find(repository: string, digest: Digest): Promise<{ readonly sizeBytes: number } | undefined> {
    const key = `${repository}@${digest}`;
    const known = this.#links.get(key);
    if (known !== undefined) {
      return known;
    }
    const generation = this.#linkGeneration;
    const link = await this.#store.findBlobLink(repository, digest);
    if (link !== undefined && generation === this.#linkGeneration) {
      this.#links.set(key, link);
    }
    return link;
  }

  /**
   * The manifests of the repository that reference the blob, newest push first; and the one that it is, should somebody have uploaded a
   * manifest's bytes as a blob as well: what it carries in `data` must not be had that way.
   */
  async holders(repository: string, digest: Digest): Promise<readonly BlobHolder[]> {
    const key = `${repository}@${digest}`;
    const known = this.#holders.get(key);
    if (known !== undefined) {
      return known;
    }
    const generation = this.#generation;
    const [records, own] = await Promise.all([
      this.#store.findReferencing(repository, digest),
      this.#store.findManifest(repository, { digest }),
    ]);
    const holders = [...records, ...(own === undefined ? [] : [{ digest, kind: own.kind }])].toReversed();
    if (generation === this.#generation) {
      this.#holders.set(key, holders, 1 + holders.length);
    }
    return holders;
  }

  /** A manifest was pushed: it may hold any blob. */
  forgetHolders(): void {
    this.#generation += 1;
    this.#holders.clear();
  }

  /** The repository may not have the blob any more. */
  forgetLink(repository: string, digest: Digest): void {
    this.#linkGeneration += 1;
    this.#links.delete(`${repository}@${digest}`);
  }

  /** Any repository may have lost blobs. */
  forgetLinks(): void {
    this.#linkGeneration += 1;
    this.#links.clear();
  }

  /** Anything may have changed: events were lost. */
  forgetAll(): void {
    this.forgetLinks();
    this.forgetHolders();
  }
}
