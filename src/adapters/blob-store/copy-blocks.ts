// SPDX-License-Identifier: Apache-2.0
import type { FileHandle } from "node:fs/promises";

/** Bytes read at once. */
const BLOCK_BYTES = 256 * 1024;
/** With more copies under way than this each gets small blocks, so that many slow readers cannot use up the memory. */
const MANY_COPIES = 64;
const SMALL_BLOCK_BYTES = 64 * 1024;
/** Of three blocks one is read, one is held back, one is on its way to the reader. */
const BLOCKS = 3;
const MAX_POOLED = 32 * BLOCKS;

/** Takes a block, which others may read too: it must not be written to. Its memory is used again once the promise resolves. */
export type WriteBlock = (block: Uint8Array) => Promise<void>;

export interface CopyOptions {
  readonly handle: FileHandle;
  readonly start: number;
  readonly end: number;
  readonly write: WriteBlock;
  /** Sees each block before anybody gets it. */
  readonly onBlock?: (block: Uint8Array) => void;
  /** Called when all was read and the last block is still held back; when it throws, nobody gets that block. */
  readonly beforeLast?: () => void;
}

/** Copies parts of files to readers, with memory that is used again: fresh blocks would cost more time than the copying. */
export class BlockCopier {
  readonly #pool: Buffer[] = [];
  #underWay = 0;

  /** Throws when the file ends before `end`, and whatever `write`, `onBlock` and `beforeLast` throw. */
  async copy(options: CopyOptions): Promise<void> {
    this.#underWay += 1;
    const isPooled = this.#underWay <= MANY_COPIES;
    const buffers = Array.from({ length: BLOCKS }, () =>
      isPooled ? (this.#pool.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES)) : Buffer.allocUnsafeSlow(SMALL_BLOCK_BYTES),
    );
    try {
      await copyThrough(buffers, options);
      // After a failure a block may still be on its way somewhere: its memory is left to the garbage collector.
      if (isPooled && this.#pool.length < MAX_POOLED) {
        this.#pool.push(...buffers);
      }
    } finally {
      this.#underWay -= 1;
    }
  }
}

async function copyThrough(buffers: readonly Buffer[], options: CopyOptions): Promise<void> {
  const { handle, end, write } = options;
  const writing: Promise<void>[] = buffers.map(() => Promise.resolve());
  let held: { readonly block: Uint8Array; readonly slot: number } | undefined;

  function release(): void {
    if (held !== undefined) {
      const written = write(held.block);
      // Awaited before its memory is used again and at the end; until then a failure is not unhandled.
      written.catch(() => undefined);
      writing[held.slot] = written;
    }
  }

  let position = options.start;
  for (let slot = 0; position < end; slot = (slot + 1) % buffers.length) {
    const buffer = buffers[slot];
    if (buffer === undefined) {
      throw new Error("no block to read into");
    }
    await writing[slot];
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, end - position), position);
    if (bytesRead === 0) {
      throw new Error(`the file ends at ${position}, expected ${end} bytes`);
    }
    position += bytesRead;
    const block = buffer.subarray(0, bytesRead);
    options.onBlock?.(block);
    release();
    held = { block, slot };
  }
  options.beforeLast?.();
  release();
  await Promise.all(writing);
}
