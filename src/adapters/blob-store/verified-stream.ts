// SPDX-License-Identifier: Apache-2.0
import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { type Digest, DigestStream, digestAlgorithm } from "#base";
import { BlobStoreError } from "./errors.ts";

/** Bytes read at once; one such block is held back until the next has been read. */
export const READ_BLOCK_BYTES: number = 1024 * 1024;

/** What a verified stream reads, and whom it tells about damage. */
export interface VerifiedStreamOptions {
  readonly handle: FileHandle;
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly onCorrupt: (found: Digest) => void;
  readonly onVerified: () => void;
}

/**
 * A stream of a whole blob that is hashed while it is read. One block is always held back, so that a damaged file ends
 * in an error before its last bytes were handed out: no reader can take it for the blob. Closes the handle.
 */
export function createVerifiedStream(options: VerifiedStreamOptions): Readable {
  const { handle, digest, sizeBytes } = options;
  const hash = new DigestStream(digestAlgorithm(digest));
  let position = 0;
  let heldBack: Buffer | undefined;

  async function readBlock(): Promise<Buffer> {
    // One byte more than promised shows a file that is longer than its blob was when it was opened.
    const block = Buffer.allocUnsafeSlow(Math.min(READ_BLOCK_BYTES, Math.max(sizeBytes - position, 0) + 1));
    const { bytesRead } = await handle.read(block, 0, block.length, position);
    position += bytesRead;
    return block.subarray(0, bytesRead);
  }

  /** The next block that may be handed out, or `null` at the verified end. */
  async function nextBlock(): Promise<Buffer | null> {
    for (;;) {
      const block = await readBlock();
      if (block.length === 0) {
        return finish();
      }
      hash.update(block);
      const ready = heldBack;
      heldBack = block;
      if (ready !== undefined) {
        return ready;
      }
    }
  }

  function finish(): Buffer | null {
    const found = hash.digest();
    if (found !== digest) {
      options.onCorrupt(found);
      throw new BlobStoreError("BLOB_CORRUPT", `blob ${digest} is damaged on disk`, { details: { digest, found } });
    }
    options.onVerified();
    const last = heldBack;
    heldBack = undefined;
    return last ?? null;
  }

  let isFinished = false;
  return new Readable({
    highWaterMark: READ_BLOCK_BYTES,
    read() {
      if (isFinished) {
        this.push(null);
        return;
      }
      nextBlock().then(
        (block) => {
          isFinished = heldBack === undefined;
          this.push(block);
        },
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    },
    destroy(error, callback) {
      handle.close().then(
        () => callback(error),
        (closeError: Error) => callback(error ?? closeError),
      );
    },
  });
}
