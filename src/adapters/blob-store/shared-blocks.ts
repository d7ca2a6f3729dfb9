// SPDX-License-Identifier: Apache-2.0
import type { FileHandle } from "node:fs/promises";
import type { WriteBlock } from "./copy-blocks.ts";

/** So large that what is done per block does not count, so small that slow readers do not pin much. */
const BLOCK_BYTES = 512 * 1024;
/** Beyond them a reader finds no block, and has to read for itself. */
const MAX_BLOCKS = 48;

interface Block {
  readonly file: SharedFile;
  readonly index: number;
  readonly memory: Buffer;
  readonly filled: Promise<void>;
  users: number;
}

interface SharedFile {
  readers: number;
  readonly blocks: Map<number, Block>;
}

/** A file that many may read at the same time. */
export interface SharedFileRange {
  readonly handle: FileHandle;
  /** The same for handles of the same content. */
  readonly identity: string;
  readonly sizeBytes: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads files for many readers at once: a block that one has read is there for those who come to it next. When a
 * deployment begins, hundreds of nodes pull the same layers together, and reading each byte for each of them cost more
 * than sending it. Blocks of a file are kept while somebody reads it, at most 24 MiB of all files.
 */
export class SharedBlocks {
  readonly #files = new Map<string, SharedFile>();
  readonly #free: Buffer[] = [];
  /** Filled blocks that nobody uses at the moment, the one that waits longest first. */
  readonly #idle = new Set<Block>();
  #allocated = 0;

  /**
   * Writes the range up to `end`, or up to where no block was free; returns where that is. Throws when the file ends
   * before, and what reading and `write` throw.
   */
  async copy(range: SharedFileRange, write: WriteBlock): Promise<number> {
    const file = this.#files.get(range.identity) ?? { readers: 0, blocks: new Map<number, Block>() };
    this.#files.set(range.identity, file);
    file.readers += 1;
    try {
      let position = range.start;
      while (position < range.end) {
        const index = Math.floor(position / BLOCK_BYTES);
        const block = file.blocks.get(index) ?? this.#read(file, index, range);
        if (block === undefined) {
          break;
        }
        const begin = index * BLOCK_BYTES;
        const end = Math.min(range.end, begin + BLOCK_BYTES);
        await this.#use(block, () => write(block.memory.subarray(position - begin, end - begin)));
        position = end;
      }
      return position;
    } finally {
      file.readers -= 1;
      if (file.readers === 0) {
        this.#files.delete(range.identity);
        for (const block of [...file.blocks.values()]) {
          this.#drop(block);
        }
      }
    }
  }

  async #use(block: Block, write: () => Promise<void>): Promise<void> {
    block.users += 1;
    this.#idle.delete(block);
    try {
      await block.filled;
      await write();
    } catch (error) {
      // its memory may still be on its way to somebody
      this.#forget(block);
      throw error;
    } finally {
      block.users -= 1;
      if (block.users === 0) {
        this.#letGo(block);
      }
    }
  }

  /** A lone reader never comes back to a block. What was forgotten counts until its last user is done with it. */
  #letGo(block: Block): void {
    if (block.file.blocks.get(block.index) !== block) {
      this.#allocated -= 1;
    } else if (block.file.readers > 1) {
      this.#idle.add(block);
    } else {
      this.#drop(block);
    }
  }

  #read(file: SharedFile, index: number, range: SharedFileRange): Block | undefined {
    const memory = this.#takeMemory();
    if (memory === undefined) {
      return undefined;
    }
    const begin = index * BLOCK_BYTES;
    const filled = fill(range.handle, memory, begin, Math.min(begin + BLOCK_BYTES, range.sizeBytes));
    const block: Block = { file, index, memory, filled, users: 0 };
    file.blocks.set(index, block);
    return block;
  }

  #takeMemory(): Buffer | undefined {
    const free = this.#free.pop();
    if (free !== undefined) {
      return free;
    }
    if (this.#allocated < MAX_BLOCKS) {
      this.#allocated += 1;
      return Buffer.allocUnsafeSlow(BLOCK_BYTES);
    }
    const [oldest] = this.#idle;
    if (oldest === undefined) {
      return undefined;
    }
    this.#drop(oldest);
    return this.#free.pop();
  }

  #drop(block: Block): void {
    this.#idle.delete(block);
    block.file.blocks.delete(block.index);
    this.#free.push(block.memory);
  }

  /** Leaves the memory to the garbage collector. */
  #forget(block: Block): void {
    if (block.file.blocks.get(block.index) === block) {
      block.file.blocks.delete(block.index);
    }
  }
}

async function fill(handle: FileHandle, memory: Buffer, start: number, end: number): Promise<void> {
  let position = start;
  while (position < end) {
    const { bytesRead } = await handle.read(memory, position - start, end - position, position);
    if (bytesRead === 0) {
      throw new Error(`the file ends at ${position}, expected ${end} bytes`);
    }
    position += bytesRead;
  }
}
