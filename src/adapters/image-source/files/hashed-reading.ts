// SPDX-License-Identifier: Apache-2.0
import type { FileHandle } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type Digest, type DigestAlgorithm, DigestStream } from "#base";
import type { ChunkHash } from "./file-tree.ts";
import { readFileRange } from "./read-file-range.ts";

const CHUNK_BYTES = 512 * 1024;
/** How far the other thread may be ahead. */
const CHUNKS = 8;
/** Of smaller files the thread costs more than it saves. */
const MIN_BYTES = 128 * 1024 * 1024;

/** What both threads see of a chunk's state, if it is not the number of bytes in it. */
const FREE = 0;
const ENDED = -1;

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Task extends Range {
  readonly file: number;
  readonly algorithm: DigestAlgorithm;
  readonly chunkBytes: number;
  readonly memory: SharedArrayBuffer;
  readonly states: Int32Array<SharedArrayBuffer>;
}

/** Two threads at once would take the processors away from what is done with the bytes. */
let isRunning = false;

/**
 * Reads a part of a file with its digest. A large part is read and hashed in a thread of its own, while this thread works on the
 * bytes: hashing takes longer than all that a scan does with an uncompressed layer.
 */
export class HashedReading implements ChunkHash {
  readonly #algorithm: DigestAlgorithm;
  readonly #signal: AbortSignal | undefined;
  #digest: Digest | undefined;

  constructor(options: { readonly algorithm: DigestAlgorithm; readonly signal?: AbortSignal | undefined }) {
    this.#algorithm = options.algorithm;
    this.#signal = options.signal;
  }

  /** As `readFileRange`. */
  read(handle: FileHandle, range: Range): AsyncGenerator<Uint8Array, void, undefined> {
    return isWorthThread(range) ? this.#readApart(handle, range) : this.#readHere(handle, range);
  }

  /** Chunks are seen as they are read. */
  update(): void {
    // nothing is left to do
  }

  digest(): Digest {
    if (this.#digest === undefined) {
      throw new Error("the digest is asked for before the end");
    }
    return this.#digest;
  }

  async *#readHere(handle: FileHandle, range: Range): AsyncGenerator<Uint8Array, void, undefined> {
    const hash = new DigestStream(this.#algorithm);
    for await (const chunk of readFileRange(handle, range, this.#signal)) {
      hash.update(chunk);
      yield chunk;
    }
    this.#digest = hash.digest();
  }

  async *#readApart(handle: FileHandle, range: Range): AsyncGenerator<Uint8Array, void, undefined> {
    const memory = new SharedArrayBuffer(CHUNKS * CHUNK_BYTES);
    const states = new Int32Array(new SharedArrayBuffer(CHUNKS * Int32Array.BYTES_PER_ELEMENT));
    const algorithm = this.#algorithm;
    const task: Task = { ...range, file: handle.fd, algorithm, chunkBytes: CHUNK_BYTES, memory, states };
    isRunning = true;
    const worker = new Worker(`(${readAndHash.toString()})()`, { eval: true, execArgv: [], workerData: task });
    const hex = new Promise<string>((resolve, reject) => worker.once("message", resolve).once("error", reject));
    // whoever waits for a chunk then finds the end, and behind it the failure
    hex.catch(() => states.forEach((_, slot) => set(states, slot, ENDED)));
    try {
      for (let turn = 0; ; turn += 1) {
        const slot = turn % CHUNKS;
        this.#signal?.throwIfAborted();
        await Atomics.waitAsync(states, slot, FREE).value;
        const bytes = Atomics.load(states, slot);
        if (bytes === ENDED) {
          this.#digest = `${algorithm}:${await hex}` as Digest;
          return;
        }
        yield Buffer.from(memory, slot * CHUNK_BYTES, bytes);
        set(states, slot, FREE);
      }
    } finally {
      // nobody may read from a file that is closed next
      await worker.terminate();
      isRunning = false;
    }
  }
}

function isWorthThread({ start, end }: Range): boolean {
  const isAllowed = process.permission?.has("worker") !== false;
  return !isRunning && end - start >= MIN_BYTES && availableParallelism() > 1 && isAllowed;
}

function set(states: Int32Array<SharedArrayBuffer>, slot: number, state: number): void {
  Atomics.store(states, slot, state);
  Atomics.notify(states, slot);
}

/** What the other thread does. It gets the text of this function, which therefore uses nothing outside of it. */
function readAndHash(): void {
  const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
  const { createHash } = process.getBuiltinModule("node:crypto");
  const { readSync } = process.getBuiltinModule("node:fs");
  const { file, start, end, algorithm, chunkBytes, memory, states } = workerData as Task;
  const hash = createHash(algorithm);
  let position = start;
  for (let turn = 0; ; turn += 1) {
    const slot = turn % states.length;
    for (let state = Atomics.load(states, slot); state !== 0; state = Atomics.load(states, slot)) {
      Atomics.wait(states, slot, state);
    }
    const chunk = Buffer.from(memory, slot * chunkBytes, chunkBytes);
    const bytes = position < end ? readSync(file, chunk, 0, Math.min(chunkBytes, end - position), position) : 0;
    if (bytes === 0) {
      parentPort?.postMessage(hash.digest("hex"));
      Atomics.store(states, slot, -1);
      Atomics.notify(states, slot);
      return;
    }
    Atomics.store(states, slot, bytes);
    Atomics.notify(states, slot);
    hash.update(chunk.subarray(0, bytes));
    position += bytes;
  }
}
