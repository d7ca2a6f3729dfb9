// SPDX-License-Identifier: Apache-2.0
import { createHash, type Hash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, opendir, rm } from "node:fs/promises";
import { type Digest, digestAlgorithm } from "#base";
import { appendChunks } from "./append-chunks.ts";
import type { Upload } from "./blob-store.ts";
import { openIfPresent, publishFile } from "./durable-file.ts";
import { BlobStoreError, digestMismatch, toBlobStoreError } from "./errors.ts";
import {
  createUploadFolder,
  readUploadFolder,
  removeDeadUploads,
  type UploadFolder,
  uploadFolder,
} from "./upload-folder.ts";

/** Bytes read at once when an upload is hashed again. */
const READ_BLOCK_BYTES = 1024 * 1024;
/** Running hashes kept between chunks; an upload whose hash was dropped is hashed again at its commit. */
const MAX_RUNNING_HASHES = 1_000;

interface RunningHash {
  readonly hash: Hash;
  readonly bytes: number;
}

/** The uploads in progress, in one folder; what they do is said at `BlobStore`. */
export class DiskUploads {
  readonly #folder: string;
  readonly #maxBlobBytes: number;
  readonly #busy = new Set<string>();
  readonly #hashes = new Map<string, RunningHash>();

  constructor(folder: string, maxBlobBytes: number) {
    this.#folder = folder;
    this.#maxBlobBytes = maxBlobBytes;
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
    return { id, repository, receivedBytes: 0 };
  }

  async find(id: string): Promise<Upload | undefined> {
    const upload = uploadFolder(this.#folder, id);
    const state = upload === undefined ? undefined : await readUploadFolder(upload);
    return state === undefined ? undefined : { id, ...state };
  }

  async *list(): AsyncGenerator<Upload> {
    for await (const { name } of await opendir(this.#folder, { bufferSize: 256 })) {
      const upload = await this.find(name);
      if (upload !== undefined) {
        yield upload;
      }
    }
  }

  async append(id: string, offset: number, chunks: AsyncIterable<Uint8Array>): Promise<Upload> {
    const upload = this.#uploadFolder(id);
    return await this.#exclusively(id, async () => {
      const state = await readUploadFolder(upload);
      const handle = state === undefined ? undefined : await openIfPresent(upload.dataFile, constants.O_WRONLY);
      if (state === undefined || handle === undefined) {
        throw unknownUpload(id);
      }
      try {
        if (offset !== state.receivedBytes) {
          throw new BlobStoreError(
            "UPLOAD_OFFSET",
            `upload has ${state.receivedBytes} bytes, chunk starts at ${offset}`,
            {
              details: { receivedBytes: state.receivedBytes },
            },
          );
        }
        return { id, repository: state.repository, receivedBytes: await this.#write(id, handle, offset, chunks) };
      } finally {
        await handle.close();
      }
    });
  }

  /** Moves the verified upload to `path`. */
  async commit(id: string, digest: Digest, path: string): Promise<{ readonly sizeBytes: number }> {
    const upload = this.#uploadFolder(id);
    return await this.#exclusively(id, async () => {
      const handle = await openIfPresent(upload.dataFile, constants.O_RDWR);
      if (handle === undefined) {
        throw unknownUpload(id);
      }
      try {
        const sizeBytes = (await handle.stat()).size;
        const found = await this.#digestOfUpload(id, handle, digest);
        if (found !== digest) {
          await this.#forget(upload);
          throw digestMismatch(digest, found);
        }
        await handle.sync();
        await publishFile(upload.dataFile, path);
        await this.#forget(upload);
        return { sizeBytes };
      } catch (error) {
        throw toBlobStoreError(error);
      } finally {
        await handle.close();
      }
    });
  }

  async cancel(id: string): Promise<void> {
    const upload = uploadFolder(this.#folder, id);
    if (upload !== undefined) {
      await this.#exclusively(id, () => this.#forget(upload));
    }
  }

  /** Removes those that nobody wrote to since, and what a crash left of others; returns how many. */
  async prune(before: Date): Promise<number> {
    // Their hashes go as those of others do: there is room for so many only.
    return await removeDeadUploads(this.#folder, before, (id) => this.#busy.has(id));
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
    await rm(upload.folder, { recursive: true, force: true });
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
