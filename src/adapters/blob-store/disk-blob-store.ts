// SPDX-License-Identifier: Apache-2.0
import { createHash, type Hash, randomUUID } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { type Clock, type Digest, DigestStream, digestAlgorithm, digestHex, digestOf } from "#base";
import { appendChunks } from "./append-chunks.ts";
import type { BlobStore, ByteRange, OpenBlob, Upload } from "./blob-store.ts";
import { BlockCopier, type WriteBlock } from "./copy-blocks.ts";
import { isMissing, openIfPresent, publishFile, writeSynced } from "./durable-file.ts";
import { BlobStoreError, toBlobStoreError } from "./errors.ts";
import { createUploadFolder, readUploadFolder, type UploadFolder, uploadFolder } from "./upload-folder.ts";
import { VerifiedFiles } from "./verified-files.ts";

/** Bytes read at once when an upload is hashed again. */
const READ_BLOCK_BYTES = 1024 * 1024;
/** Running hashes kept between chunks; an upload whose hash was dropped is hashed again at its commit. */
const MAX_RUNNING_HASHES = 1_000;

interface RunningHash {
  readonly hash: Hash;
  readonly bytes: number;
}

export interface DiskBlobStoreOptions {
  readonly folder: string;
  readonly maxBlobBytes: number;
  readonly log: Logger;
  readonly clock: Clock;
}

/** The blob store on one folder that exists and is laid out (see `openBlobStore`). One process at a time writes to it. */
export class DiskBlobStore implements BlobStore {
  readonly #folder: string;
  readonly #uploads: string;
  readonly #maxBlobBytes: number;
  readonly #log: Logger;
  readonly #verified: VerifiedFiles;
  readonly #copier = new BlockCopier();
  readonly #busy = new Set<string>();
  readonly #hashes = new Map<string, RunningHash>();
  /** Blobs whose file was found damaged: shown as missing, so that the next push heals them. */
  readonly #damaged = new Set<Digest>();

  constructor(options: DiskBlobStoreOptions) {
    this.#folder = options.folder;
    this.#uploads = join(options.folder, "uploads");
    this.#maxBlobBytes = options.maxBlobBytes;
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

  async createUpload(repository: string): Promise<Upload> {
    const id = randomUUID();
    try {
      await createUploadFolder(this.#uploadFolder(id), repository);
    } catch (error) {
      throw toBlobStoreError(error);
    }
    this.#keepHash(id, { hash: createHash("sha256"), bytes: 0 });
    return { id, repository, receivedBytes: 0 };
  }

  async findUpload(id: string): Promise<Upload | undefined> {
    const upload = uploadFolder(this.#uploads, id);
    const state = upload === undefined ? undefined : await readUploadFolder(upload);
    return state === undefined ? undefined : { id, ...state };
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

  async commit(id: string, digest: Digest): Promise<{ readonly sizeBytes: number }> {
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
        await publishFile(upload.dataFile, this.pathOf(digest));
        this.#damaged.delete(digest);
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
    const upload = uploadFolder(this.#uploads, id);
    if (upload !== undefined) {
      await this.#exclusively(id, () => this.#forget(upload));
    }
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
    const upload = uploadFolder(this.#uploads, id);
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

  #damage(digest: Digest, found: Digest): BlobStoreError {
    this.#damaged.add(digest);
    this.#log.error({ digest, found }, "blob is damaged on disk; it is no longer served until it is pushed again");
    return new BlobStoreError("BLOB_CORRUPT", `blob ${digest} is damaged on disk`, { details: { digest, found } });
  }
}

function unknownUpload(id: string): BlobStoreError {
  return new BlobStoreError("UPLOAD_UNKNOWN", "no such upload", { details: { id: id.slice(0, 64) } });
}

function digestMismatch(wanted: Digest, found: Digest): BlobStoreError {
  return new BlobStoreError("DIGEST_MISMATCH", `content has digest ${found}, expected ${wanted}`, {
    details: { wanted, found },
  });
}
