// SPDX-License-Identifier: Apache-2.0
import { createHash, type Hash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, opendir, rm } from "node:fs/promises";
import { type Digest, digestAlgorithm, LIMITS } from "#base";
import { appendChunks } from "./append-chunks.ts";
import type { Upload } from "./blob-store.ts";
import { openIfPresent, publishFile } from "./durable-file.ts";
import { BlobStoreError, digestMismatch, toBlobStoreError } from "./errors.ts";
import {
  createUploadFolder,
  giveBack,
  readRepository,
  removeDeadUploads,
  statData,
  takeUpload,
  type UploadAges,
  type UploadFolder,
  uploadFolder,
} from "./upload-folder.ts";
import type { UploadOwner } from "./upload-owner.ts";

/** Bytes read at once when an upload is hashed again. */
const READ_BLOCK_BYTES = 1024 * 1024;
/** Running hashes kept between chunks; an upload whose hash was dropped is hashed again at its commit. */
const MAX_RUNNING_HASHES = 1_000;
const MAX_REPOSITORIES = LIMITS.maxOpenUploads;

/** An upload that this process alone writes to. */
interface HeldUpload {
  readonly handle: FileHandle;
  readonly path: string;
  /** Published or forgotten: there is nothing to give back. */
  isGone: boolean;
}

interface RunningHash {
  readonly hash: Hash;
  readonly bytes: number;
}

/** The uploads in progress, in one folder, of all processes that share it; what they do is said at `BlobStore`. */
export class DiskUploads {
  readonly #folder: string;
  readonly #maxBlobBytes: number;
  readonly #owner: UploadOwner;
  readonly #busy = new Set<string>();
  /** Of so many bytes, which stay what they are once they were given back: an upload only grows. What another process added makes it useless. */
  readonly #hashes = new Map<string, RunningHash>();
  /** What an upload was begun for never changes. */
  readonly #repositories = new Map<string, string>();

  constructor(folder: string, maxBlobBytes: number, owner: UploadOwner) {
    this.#folder = folder;
    this.#maxBlobBytes = maxBlobBytes;
    this.#owner = owner;
  }

  async create(repository: string): Promise<Upload> {
    const id = randomUUID();
    try {
      // Busy, so that nobody takes it for one that a crash left half made.
      await this.#exclusively(id, () => createUploadFolder(this.#uploadFolder(id), repository));
    } catch (error) {
      throw toBlobStoreError(error);
    }
    this.#keepHash(id, { hash: createHash("sha256"), bytes: 0 });
    this.#keepRepository(id, repository);
    return { id, repository, receivedBytes: 0 };
  }

  async find(id: string): Promise<Upload | undefined> {
    const upload = uploadFolder(this.#folder, id);
    const repository = upload === undefined ? undefined : await this.#repositoryOf(upload);
    const data = upload === undefined || repository === undefined ? undefined : await statData(upload);
    return repository === undefined || data === undefined
      ? undefined
      : { id, repository, receivedBytes: data.sizeBytes };
  }

  async *list(isKnown: (id: string) => boolean): AsyncGenerator<Upload> {
    for await (const { name } of await opendir(this.#folder, { bufferSize: 256 })) {
      const upload = isKnown(name) ? undefined : await this.find(name);
      if (upload !== undefined) {
        yield upload;
      }
    }
  }

  async append(id: string, offset: number, chunks: AsyncIterable<Uint8Array>): Promise<Upload> {
    const upload = this.#uploadFolder(id);
    return await this.#alone(upload, constants.O_WRONLY, async ({ handle }) => {
      const repository = await this.#repositoryOf(upload);
      if (repository === undefined) {
        throw unknownUpload(id);
      }
      const { size: receivedBytes } = await handle.stat();
      if (offset !== receivedBytes) {
        throw new BlobStoreError("UPLOAD_OFFSET", `upload has ${receivedBytes} bytes, chunk starts at ${offset}`, {
          details: { receivedBytes },
        });
      }
      return { id, repository, receivedBytes: await this.#write(id, handle, offset, chunks) };
    });
  }

  /** Moves the verified upload to `path`. */
  async commit(id: string, digest: Digest, path: string): Promise<{ readonly sizeBytes: number }> {
    const upload = this.#uploadFolder(id);
    return await this.#alone(upload, constants.O_RDWR, async (held) => {
      try {
        const sizeBytes = (await held.handle.stat()).size;
        const found = await this.#digestOfUpload(id, held.handle, digest);
        if (found !== digest) {
          held.isGone = true;
          await this.#forget(upload);
          throw digestMismatch(digest, found);
        }
        await held.handle.sync();
        // not there under our name: another process has it, and we must not publish what it writes to
        await publishFile(held.path, path);
        held.isGone = true;
        await this.#forget(upload);
        return { sizeBytes };
      } catch (error) {
        throw toBlobStoreError(error);
      }
    });
  }

  async cancel(id: string): Promise<void> {
    const upload = uploadFolder(this.#folder, id);
    if (upload !== undefined) {
      await this.#exclusively(id, async () => {
        await takeUpload(upload, this.#owner);
        await this.#forget(upload);
      });
    }
  }

  /** Removes those that nobody wrote to since, and what a crash left of others; returns how many. */
  async prune(ages: UploadAges): Promise<number> {
    // Their hashes go as those of others do: there is room for so many only.
    return await removeDeadUploads(this.#folder, ages, (id) => this.#busy.has(id));
  }

  async #write(id: string, handle: FileHandle, start: number, chunks: AsyncIterable<Uint8Array>): Promise<number> {
    const running = this.#hashes.get(id);
    const hash = running?.bytes === start ? running.hash : undefined;
    this.#hashes.delete(id);
    let hashed = start;
    const { end, failure } = await appendChunks(chunks, {
      handle,
      start,
      maxBytes: this.#maxBlobBytes,
      onChunk(chunk) {
        hash?.update(chunk);
        hashed += chunk.length;
      },
    });
    if (hash !== undefined && hashed === end) {
      this.#keepHash(id, { hash, bytes: end });
    }
    if (failure !== undefined) {
      throw toBlobStoreError(failure);
    }
    return end;
  }

  /** From the running hash when it covers the whole file, else (after a restart, or for SHA-512) from the file itself. */
  async #digestOfUpload(id: string, handle: FileHandle, wanted: Digest): Promise<Digest> {
    const algorithm = digestAlgorithm(wanted);
    const { size } = await handle.stat();
    const running = this.#hashes.get(id);
    if (algorithm === "sha256" && running?.bytes === size) {
      return `sha256:${running.hash.copy().digest("hex")}` as Digest;
    }
    const hash = createHash(algorithm);
    for await (const chunk of handle.createReadStream({
      start: 0,
      autoClose: false,
      highWaterMark: READ_BLOCK_BYTES,
    })) {
      hash.update(chunk as Buffer);
    }
    return `${algorithm}:${hash.digest("hex")}` as Digest;
  }

  /** Runs the work while nobody else writes to the upload, in this process or in another one. */
  async #alone<T>(upload: UploadFolder, flags: number, work: (held: HeldUpload) => Promise<T>): Promise<T> {
    return await this.#exclusively(upload.id, async () => {
      const path = await takeUpload(upload, this.#owner);
      const handle = path === undefined ? undefined : await openIfPresent(path, flags);
      if (path === undefined || handle === undefined) {
        throw unknownUpload(upload.id);
      }
      const held: HeldUpload = { handle, path, isGone: false };
      try {
        return await work(held);
      } finally {
        await handle.close();
        if (!held.isGone) {
          const running = this.#hashes.get(upload.id);
          // Whoever took the upload over may have written other bytes up to the same size: then this is not their digest.
          this.#hashes.delete(upload.id);
          await giveBack(upload, path);
          if (running !== undefined) {
            this.#keepHash(upload.id, running);
          }
        }
      }
    });
  }

  async #exclusively<T>(id: string, work: () => Promise<T>): Promise<T> {
    if (this.#busy.has(id)) {
      throw new BlobStoreError("UPLOAD_BUSY", "another request is writing to this upload");
    }
    this.#busy.add(id);
    try {
      return await work();
    } finally {
      this.#busy.delete(id);
    }
  }

  #uploadFolder(id: string): UploadFolder {
    const upload = uploadFolder(this.#folder, id);
    if (upload === undefined) {
      throw unknownUpload(id);
    }
    return upload;
  }

  async #forget(upload: UploadFolder): Promise<void> {
    this.#hashes.delete(upload.id);
    this.#repositories.delete(upload.id);
    await rm(upload.folder, { recursive: true, force: true });
  }

  async #repositoryOf(upload: UploadFolder): Promise<string | undefined> {
    const known = this.#repositories.get(upload.id);
    const repository = known ?? (await readRepository(upload));
    if (known === undefined && repository !== undefined) {
      this.#keepRepository(upload.id, repository);
    }
    return repository;
  }

  #keepRepository(id: string, repository: string): void {
    this.#repositories.set(id, repository);
    const oldest = this.#repositories.size > MAX_REPOSITORIES ? this.#repositories.keys().next().value : undefined;
    if (oldest !== undefined) {
      this.#repositories.delete(oldest);
    }
  }

  #keepHash(id: string, running: RunningHash): void {
    this.#hashes.set(id, running);
    const oldest = this.#hashes.size > MAX_RUNNING_HASHES ? this.#hashes.keys().next().value : undefined;
    if (oldest !== undefined) {
      this.#hashes.delete(oldest);
    }
  }
}

function unknownUpload(id: string): BlobStoreError {
  return new BlobStoreError("UPLOAD_UNKNOWN", "no such upload", { details: { id: id.slice(0, 64) } });
}
