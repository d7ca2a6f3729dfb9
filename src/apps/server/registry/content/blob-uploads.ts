// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Upload } from "#blob-store";
import { RegistryError } from "../errors.ts";
import { LruMap } from "../lru-map.ts";
import { blobKey } from "./content-locks.ts";
import type { ContentParts } from "./content-parts.ts";

/** A link that was renewed so recently is not renewed again; far below the grace of the garbage collection. */
const RENEW_AFTER_MS = 30_000;
const MAX_REMEMBERED = 50_000;

/** Blobs on their way into repositories. */
export class BlobUploads {
  readonly #parts: ContentParts;
  readonly #renewed = new LruMap<string, number>(MAX_REMEMBERED);

  constructor(parts: ContentParts) {
    this.#parts = parts;
  }

  /**
   * `sizeBytes` and `digest`: what the client says it will send, if it does. Throws `QUOTA_EXCEEDED`, `DISK_FULL`, and `TOOMANYREQUESTS` when the
   * repository or the registry has too many uploads that are not finished.
   */
  async begin(repository: string, sizeBytes: number = 0, digest?: Digest): Promise<Upload> {
    using _place = await this.#parts.openUploads.reserve(repository);
    return await this.#begin(repository, sizeBytes, digest);
  }

  /** Throws `BLOB_UPLOAD_UNKNOWN`, for one of another repository too. */
  async find(repository: string, id: string): Promise<Upload> {
    const upload = await this.#parts.blobs.findUpload(id);
    if (upload?.repository !== repository) {
      throw new RegistryError("BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
    }
    return upload;
  }

  /** Throws `QUOTA_EXCEEDED` as soon as more has arrived than fits: a quota is no quota if the disk fills before the end. The upload is gone then. */
  async append(upload: Upload, offset: number, chunks: AsyncIterable<Uint8Array>): Promise<Upload> {
    const { blobs, guards, openUploads } = this.#parts;
    try {
      const received = await blobs.append(upload.id, offset, watched(chunks, offset, guards.quota.receive(upload)));
      openUploads.note(upload, received.receivedBytes);
      return received;
    } catch (error) {
      await this.#giveUp(upload, error);
      throw error;
    }
  }

  /** Verifies, stores and links. Nobody collects the blob between the two. */
  async finish(upload: Upload, digest: Digest): Promise<void> {
    const { blobs, locks, guards, openUploads } = this.#parts;
    const { id, repository, receivedBytes } = upload;
    try {
      await guards.quota.assertRoom(repository, { sizeBytes: receivedBytes, digest, upload: id });
      await locks.hold({ shared: [blobKey(digest)] }, async () => {
        const { sizeBytes } = await blobs.commit(id, digest);
        openUploads.forget(id);
        if (!(await this.#link(repository, digest, sizeBytes))) {
          // a process that collected it died between two steps; the client begins anew
          throw new RegistryError("BLOB_UPLOAD_UNKNOWN", "what was uploaded was collected at the same moment");
        }
      });
    } catch (error) {
      await this.#giveUp(upload, error);
      throw error;
    }
  }

  async cancel(id: string): Promise<void> {
    await this.#parts.blobs.cancel(id);
    this.#parts.openUploads.forget(id);
  }

  /** Forgets uploads that nobody wrote to since; returns how many. */
  async prune(before: Date): Promise<number> {
    const { blobs, openUploads } = this.#parts;
    const pruned = await blobs.pruneUploads(before);
    for (const id of pruned === 0 ? [] : openUploads.ids) {
      if ((await blobs.findUpload(id)) === undefined) {
        openUploads.forget(id);
      }
    }
    return pruned;
  }

  /** A blob in one go; see `RegistryContent.putBlob`. */
  async put(
    repository: string,
    blob: { readonly digest: Digest; readonly sizeBytes?: number },
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    // Not limited in number: it leaves none behind, and nobody who fills a repository with uploads shall keep jobs from copying to it.
    const upload = await this.#begin(repository, blob.sizeBytes, blob.digest);
    try {
      const received = await this.append(upload, 0, kept(chunks));
      if (blob.sizeBytes !== undefined && received.receivedBytes !== blob.sizeBytes) {
        throw new RegistryError(
          "SIZE_INVALID",
          `expected ${blob.sizeBytes} bytes, ${received.receivedBytes} were received`,
          { details: { digest: blob.digest } },
        );
      }
      await this.finish(received, blob.digest);
    } catch (error) {
      await this.cancel(upload.id);
      throw error;
    }
  }

  /** Whether the repository has the blob, whole; asked for a push, so it stays for the time of one. */
  async has(repository: string, digest: Digest): Promise<boolean> {
    const { blobCatalog, blobs, clock, locks } = this.#parts;
    return await locks.hold({ shared: [blobKey(digest)] }, async () => {
      const link = await blobCatalog.find(repository, digest);
      if (link === undefined) {
        return false;
      }
      const age = clock.now().getTime() - (this.#renewed.get(`${repository}@${digest}`) ?? 0);
      return age < 0 || age >= RENEW_AFTER_MS
        ? await this.#link(repository, digest, link.sizeBytes)
        : (await blobs.stat(digest)) !== undefined;
    });
  }

  /** Makes a blob of another repository one of this, too. False: that has none that is whole. */
  async mount(repository: string, from: string, digest: Digest): Promise<boolean> {
    const { blobCatalog, blobs, guards, locks } = this.#parts;
    return await locks.hold({ shared: [blobKey(digest)] }, async () => {
      const link = await blobCatalog.find(from, digest);
      // What must be sent again takes room that is asked for then.
      if (link === undefined || (await blobs.stat(digest)) === undefined) {
        return false;
      }
      await guards.quota.assertRoom(repository, { sizeBytes: link.sizeBytes, digest });
      return await this.#link(repository, digest, link.sizeBytes);
    });
  }

  /** The repository may not have the blob any more. */
  forget(repository: string, digest: Digest): void {
    this.#renewed.delete(`${repository}@${digest}`);
  }

  /** Any repository may have lost blobs. */
  forgetAll(): void {
    this.#renewed.clear();
  }

  async #begin(repository: string, sizeBytes: number = 0, digest?: Digest): Promise<Upload> {
    const { blobs, guards, openUploads } = this.#parts;
    await guards.quota.assertRoom(repository, { sizeBytes, ...(digest === undefined ? {} : { digest }) });
    const upload = await blobs.createUpload(repository);
    openUploads.begin(upload, digest);
    if (digest !== undefined) {
      guards.quota.attach(repository, digest, upload.id);
    }
    return upload;
  }

  /** What does not fit is removed at once: it would take the room of others until it is pruned. Of the rest counts what is there. */
  async #giveUp(upload: Upload, error: unknown): Promise<void> {
    const { blobs, openUploads } = this.#parts;
    if (error instanceof RegistryError && error.code === "QUOTA_EXCEEDED") {
      // Somebody who writes to it at this moment is refused in turn.
      await this.cancel(upload.id).catch(() => undefined);
      return;
    }
    const left = await blobs.findUpload(upload.id);
    if (left === undefined) {
      openUploads.forget(upload.id);
    } else {
      openUploads.note(left, left.receivedBytes);
    }
  }

  /** False: damaged or lost bytes, which count as missing, so that they are sent again. Looked at while no process removes them. */
  async #link(repository: string, digest: Digest, sizeBytes: number): Promise<boolean> {
    const { store, blobs, clock } = this.#parts;
    const isLinked = await store.linkBlob(
      repository,
      { digest, sizeBytes },
      async () => (await blobs.stat(digest)) !== undefined,
    );
    if (isLinked) {
      this.#renewed.set(`${repository}@${digest}`, clock.now().getTime());
    }
    return isLinked;
  }
}

/**
 * Sources may use the memory of a chunk again once the next one is asked for (`ImageSource.openBlob`), the blob store gathers several before it
 * writes: without a copy the digest would be right, and the file not.
 */
async function* kept(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of chunks) {
    yield Buffer.from(chunk);
  }
}

/** The chunks as they come; before each it is said how much there is with it. */
async function* watched(
  chunks: AsyncIterable<Uint8Array>,
  offset: number,
  onSize: (sizeBytes: number) => Promise<void> | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let sizeBytes = offset;
  for await (const chunk of chunks) {
    sizeBytes += chunk.length;
    const asked = onSize(sizeBytes);
    if (asked !== undefined) {
      await asked;
    }
    yield chunk;
  }
}
