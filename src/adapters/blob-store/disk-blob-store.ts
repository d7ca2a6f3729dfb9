// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import type { Stats } from "node:fs";
import { type FileHandle, link, rename, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { type Clock, type Digest, DigestStream, digestAlgorithm, digestHex, digestOf } from "#base";
import type { BlobCondition, BlobStore, ByteRange, OpenBlob, StoredBlob, Upload } from "./blob-store.ts";
import { BlockCopier, type WriteBlock } from "./copy-blocks.ts";
import { DiskUploads } from "./disk-uploads.ts";
import { isMissing, openIfPresent, publishFile, writeSynced } from "./durable-file.ts";
import { BlobStoreError, digestMismatch, toBlobStoreError } from "./errors.ts";
import { listBlobFiles } from "./list-blob-files.ts";
import { SharedBlocks } from "./shared-blocks.ts";
import { HALF_MADE_MS, removeOldFiles } from "./upload-folder.ts";
import type { UploadOwner } from "./upload-owner.ts";
import { identify, VerifiedFiles } from "./verified-files.ts";

/** What a reader reads for itself before it looks for shared blocks again. */
const ALONE_BYTES = 4 * 1024 * 1024;

export interface DiskBlobStoreOptions {
  readonly folder: string;
  readonly maxBlobBytes: number;
  readonly log: Logger;
  readonly clock: Clock;
  readonly owner: UploadOwner;
  /** A stored blob turned out to be damaged, once until it is stored again. */
  readonly onDamage?: ((digest: Digest) => void) | undefined;
  /** See `OpenBlobStoreOptions`. */
  readonly onWhole?: ((digest: Digest) => void) | undefined;
  readonly damaged?: readonly Digest[] | undefined;
}

/** The blob store on one folder that exists and is laid out (see `openBlobStore`). Several processes may share it. */
export class DiskBlobStore implements BlobStore {
  readonly #folder: string;
  readonly #uploads: DiskUploads;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #onDamage: (digest: Digest) => void;
  readonly #onWhole: (digest: Digest) => void;
  readonly #verified: VerifiedFiles;
  /** Whole files that are being hashed because somebody asked for a part. */
  readonly #verifying = new Map<Digest, Promise<void>>();
  /** Blobs that are hashed while somebody gets them. */
  readonly #streaming = new Set<Digest>();
  readonly #copier = new BlockCopier();
  readonly #shared = new SharedBlocks();
  /** Blobs whose file was found damaged: shown as missing, so that the next push heals them. */
  readonly #damaged: Set<Digest>;

  constructor(options: DiskBlobStoreOptions) {
    this.#folder = options.folder;
    this.#uploads = new DiskUploads(join(options.folder, "uploads"), options.maxBlobBytes, options.owner);
    this.#log = options.log;
    this.#clock = options.clock;
    this.#onDamage = options.onDamage ?? (() => undefined);
    this.#onWhole = options.onWhole ?? (() => undefined);
    this.#damaged = new Set(options.damaged);
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
      const bytes = await this.#readable(digest, handle.readFile());
      const found = digestOf(bytes, digestAlgorithm(digest));
      if (found !== digest) {
        throw this.#damage(digest, { found });
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
      this.#heal(digest);
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
    this.#heal(digest);
    // Hashed a moment ago: who pulls what was just pushed need not wait for that again.
    const file = await stat(this.pathOf(digest)).catch(() => undefined);
    // gone again: a collection of another process took it, and whoever links it finds that out
    if (file !== undefined) {
      this.#verified.add(digest, file);
    }
    return committed;
  }

  cancel(id: string): Promise<void> {
    return this.#uploads.cancel(id);
  }

  async remove(digest: Digest, mayGo?: () => Promise<boolean>): Promise<number | undefined> {
    const path = this.pathOf(digest);
    const aside = join(this.#folder, "tmp", randomUUID());
    try {
      const { size, ino } = await stat(path);
      // Not fsynced: should a power cut bring the file back, the next collection finds it again.
      await rename(path, aside);
      let isToGo = false;
      try {
        // Another file: stored anew between the two, by another process, which looks for it before it tells anybody.
        isToGo = (await stat(aside)).ino === ino && (await (mayGo?.() ?? true));
      } finally {
        if (!isToGo) {
          await link(aside, path).catch(() => undefined);
        }
        await rm(aside);
      }
      if (!isToGo) {
        return undefined;
      }
      this.#heal(digest);
      return size;
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw toBlobStoreError(error);
    }
  }

  list(after?: Digest): AsyncIterable<StoredBlob> {
    return listBlobFiles(join(this.#folder, "blobs"), after);
  }

  async check(digest: Digest, signal?: AbortSignal): Promise<BlobCondition> {
    const handle = await openIfPresent(this.pathOf(digest));
    if (handle === undefined) {
      return "missing";
    }
    try {
      await this.#verify(digest, { handle, file: await handle.stat(), ...(signal === undefined ? {} : { signal }) });
      this.#heal(digest);
      return "whole";
    } catch (error) {
      if (error instanceof BlobStoreError && error.code === "BLOB_CORRUPT") {
        return "damaged";
      }
      throw error;
    } finally {
      await handle.close();
    }
  }

  noteCondition(digest: Digest, condition: "whole" | "damaged"): void {
    if (condition === "whole") {
      this.#damaged.delete(digest);
    } else {
      this.#damaged.add(digest);
    }
  }

  listUploads(isKnown: (id: string) => boolean = () => false): AsyncIterable<Upload> {
    return this.#uploads.list(isKnown);
  }

  async pruneUploads(before: Date): Promise<number> {
    await removeOldFiles(join(this.#folder, "tmp"), before);
    const halfMade = new Date(this.#clock.now().getTime() - HALF_MADE_MS);
    return await this.#uploads.prune({ oldest: before, halfMade });
  }

  async space(): Promise<{ readonly freeBytes: number; readonly totalBytes: number }> {
    const { bsize, bavail, blocks } = await statfs(this.#folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
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
    // Many ask for the same blob at once: it is hashed once at the speed of the disk, not by each at the speed of its client.
    if (range !== undefined || this.#verified.has(digest, file) || this.#streaming.has(digest)) {
      const { start, end } = range ?? { start: 0, end: file.size };
      await this.#verifyOnce(digest, handle, file);
      await this.#readable(digest, this.#copyVerified({ handle, file, start, end: Math.min(end, file.size) }, write));
      return;
    }
    this.#streaming.add(digest);
    try {
      await this.#verify(digest, { handle, file, write });
    } finally {
      this.#streaming.delete(digest);
    }
  }

  async #copyVerified(
    part: { readonly handle: FileHandle; readonly file: Stats; readonly start: number; readonly end: number },
    write: WriteBlock,
  ): Promise<void> {
    const { handle, file, end } = part;
    let position = part.start;
    while (position < end) {
      const range = { handle, identity: identify(file), sizeBytes: file.size, start: position, end };
      const reached = await this.#shared.copy(range, write);
      position = Math.min(end, reached + ALONE_BYTES);
      await this.#copier.copy({ handle, start: reached, end: position, write });
    }
  }

  /** Before a part is handed out, which says nothing about itself: the whole file, once for all who ask now. */
  async #verifyOnce(digest: Digest, handle: FileHandle, file: Stats): Promise<void> {
    while (!this.#verified.has(digest, file)) {
      const others = this.#verifying.get(digest);
      if (others === undefined) {
        const own = this.#verify(digest, { handle, file });
        this.#verifying.set(
          digest,
          own.catch(() => undefined),
        );
        try {
          await own;
        } finally {
          this.#verifying.delete(digest);
        }
        return;
      }
      await others;
      if (this.#damaged.has(digest)) {
        throw damaged(digest);
      }
    }
  }

  /** Reads the whole file, hands it out where somebody takes it, and throws before the last block when it has another digest. */
  async #verify(
    digest: Digest,
    blob: {
      readonly handle: FileHandle;
      readonly file: Stats;
      readonly write?: WriteBlock;
      readonly signal?: AbortSignal;
    },
  ): Promise<void> {
    const { handle, file, write = () => Promise.resolve(), signal } = blob;
    const hash = new DigestStream(digestAlgorithm(digest));
    const copied = this.#copier.copy({
      handle,
      start: 0,
      end: file.size,
      write,
      onBlock(block) {
        signal?.throwIfAborted();
        hash.update(block);
      },
      beforeLast: () => {
        const found = hash.digest();
        if (found !== digest) {
          throw this.#damage(digest, { found });
        }
        this.#verified.add(digest, file);
      },
    });
    await this.#readable(digest, copied);
  }

  /** What the disk cannot read any more is damaged, too. */
  async #readable<T>(digest: Digest, reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EIO") {
        throw this.#damage(digest, { cause: error });
      }
      throw error;
    }
  }

  #heal(digest: Digest): void {
    this.#damaged.delete(digest);
    this.#onWhole(digest);
  }

  #damage(digest: Digest, why: { readonly found?: Digest; readonly cause?: unknown }): BlobStoreError {
    const isNew = !this.#damaged.has(digest);
    this.#damaged.add(digest);
    if (isNew) {
      this.#log.error(
        { digest, found: why.found, err: why.cause },
        "blob is damaged on disk; it is no longer served until it is pushed again",
      );
      this.#onDamage(digest);
    }
    return damaged(digest, why);
  }
}

function damaged(
  digest: Digest,
  { found, cause }: { readonly found?: Digest; readonly cause?: unknown } = {},
): BlobStoreError {
  return new BlobStoreError("BLOB_CORRUPT", `blob ${digest} is damaged on disk`, {
    ...(cause === undefined ? {} : { cause }),
    details: { digest, ...(found === undefined ? {} : { found }) },
  });
}
