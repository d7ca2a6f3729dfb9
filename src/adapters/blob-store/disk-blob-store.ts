// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import type { Stats } from "node:fs";
import { type FileHandle, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { type Clock, type Digest, DigestStream, digestAlgorithm, digestHex, digestOf } from "#base";
import type { BlobStore, ByteRange, OpenBlob, Upload } from "./blob-store.ts";
import { BlockCopier, type WriteBlock } from "./copy-blocks.ts";
import { DiskUploads } from "./disk-uploads.ts";
import { isMissing, openIfPresent, publishFile, writeSynced } from "./durable-file.ts";
import { BlobStoreError, digestMismatch, toBlobStoreError } from "./errors.ts";
import { VerifiedFiles } from "./verified-files.ts";

export interface DiskBlobStoreOptions {
  readonly folder: string;
  readonly maxBlobBytes: number;
  readonly log: Logger;
  readonly clock: Clock;
}

/** The blob store on one folder that exists and is laid out (see `openBlobStore`). One process at a time writes to it. */
export class DiskBlobStore implements BlobStore {
  readonly #folder: string;
  readonly #uploads: DiskUploads;
  readonly #log: Logger;
  readonly #verified: VerifiedFiles;
  readonly #copier = new BlockCopier();
  /** Blobs whose file was found damaged: shown as missing, so that the next push heals them. */
  readonly #damaged = new Set<Digest>();

  constructor(options: DiskBlobStoreOptions) {
    this.#folder = options.folder;
    this.#uploads = new DiskUploads(join(options.folder, "uploads"), options.maxBlobBytes);
    this.#log = options.log;
    this.#verified = new VerifiedFiles(options.clock);
  }

  async stat(digest: Digest): Promise<{ readonly sizeBytes: number } | undefined> {
    if (this.#damaged.has(digest)) {
      return undefined;
    }
    try {
      return { sizeBytes: (await stat(this.pathOf(digest))).size };
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    }
  }

  async open(digest: Digest): Promise<OpenBlob | undefined> {
    const handle = this.#damaged.has(digest) ? undefined : await openIfPresent(this.pathOf(digest));
    if (handle === undefined) {
      return undefined;
    }
    try {
      const file = await handle.stat();
      return {
        sizeBytes: file.size,
        copyTo: (write, range) =>
          this.#copy(digest, { handle, file, write, ...(range === undefined ? {} : { range }) }),
        [Symbol.asyncDispose]: () => handle.close(),
      };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async read(digest: Digest, maxBytes: number): Promise<Uint8Array | undefined> {
    const handle = this.#damaged.has(digest) ? undefined : await openIfPresent(this.pathOf(digest));
    if (handle === undefined) {
      return undefined;
    }
    try {
      const { size } = await handle.stat();
      if (size > maxBytes) {
        throw new BlobStoreError("BLOB_TOO_LARGE", `blob ${digest} has ${size} bytes, expected at most ${maxBytes}`);
      }
      const bytes = await handle.readFile();
      const found = digestOf(bytes, digestAlgorithm(digest));
      if (found !== digest) {
        throw this.#damage(digest, found);
      }
      return bytes;
    } finally {
      await handle.close();
    }
  }

  async put(digest: Digest, bytes: Uint8Array): Promise<void> {
    const found = digestOf(bytes, digestAlgorithm(digest));
    if (found !== digest) {
      throw digestMismatch(digest, found);
    }
    const temporary = join(this.#folder, "tmp", randomUUID());
    try {
      await writeSynced(temporary, bytes);
      await publishFile(temporary, this.pathOf(digest));
      this.#damaged.delete(digest);
    } catch (error) {
      await rm(temporary, { force: true });
      throw toBlobStoreError(error);
    }
  }

  createUpload(repository: string): Promise<Upload> {
    return this.#uploads.create(repository);
  }

  findUpload(id: string): Promise<Upload | undefined> {
    return this.#uploads.find(id);
  }

  append(id: string, offset: number, chunks: AsyncIterable<Uint8Array>): Promise<Upload> {
    return this.#uploads.append(id, offset, chunks);
  }

  async commit(id: string, digest: Digest): Promise<{ readonly sizeBytes: number }> {
    const committed = await this.#uploads.commit(id, digest, this.pathOf(digest));
    this.#damaged.delete(digest);
    return committed;
  }

  cancel(id: string): Promise<void> {
    return this.#uploads.cancel(id);
  }

  pathOf(digest: Digest): string {
    return join(this.#folder, "blobs", digestAlgorithm(digest), digestHex(digest));
  }

  async #copy(
    digest: Digest,
    blob: {
      readonly handle: FileHandle;
      readonly file: Stats;
      readonly write: WriteBlock;
      readonly range?: ByteRange;
    },
  ): Promise<void> {
    const { handle, file, write, range } = blob;
    const { start, end } = range ?? { start: 0, end: file.size };
    if (range !== undefined || this.#verified.has(digest, file)) {
      await this.#copier.copy({ handle, start, end: Math.min(end, file.size), write });
      return;
    }
    const hash = new DigestStream(digestAlgorithm(digest));
    await this.#copier.copy({
      handle,
      start,
      end,
      write,
      onBlock: (block) => hash.update(block),
      beforeLast: () => {
        const found = hash.digest();
        if (found !== digest) {
          throw this.#damage(digest, found);
        }
        this.#verified.add(digest, file);
      },
    });
  }

  #damage(digest: Digest, found: Digest): BlobStoreError {
    this.#damaged.add(digest);
    this.#log.error({ digest, found }, "blob is damaged on disk; it is no longer served until it is pushed again");
    return new BlobStoreError("BLOB_CORRUPT", `blob ${digest} is damaged on disk`, { details: { digest, found } });
  }
}
