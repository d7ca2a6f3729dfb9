// SPDX-License-Identifier: Apache-2.0

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const DICTIONARY_BYTES: readonly number[] = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES: readonly number[] = [0, 2, 4, 8];

/** The part of a frame that the next bytes belong to; `size` bytes of it are read before it says what follows. */
interface Part {
  readonly name: "magic" | "skippable" | "descriptor" | "block";
  readonly size: number;
}

/**
 * Cuts zstd data (RFC 8878) where frames end. Node's decompressor takes what follows a frame within one write for
 * garbage; images of podman (zstd:chunked) have thousands of frames. Data that is not zstd is passed on uncut, for the
 * decompressor to refuse.
 */
export class ZstdFrames {
  #part: Part = { name: "magic", size: 4 };
  /** Little-endian value of the part's bytes so far. */
  #value = 0;
  #read = 0;
  #skip = 0;
  #isLastBlock = false;
  #hasChecksum = false;
  #isUnknown = false;

  /** The chunk in pieces, none of which reaches over the end of a frame. */
  *cut(chunk: Uint8Array): Generator<Uint8Array> {
    let start = 0;
    let at = 0;
    while (at < chunk.length && !this.#isUnknown) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, chunk.length - at);
        this.#skip -= skipped;
        at += skipped;
      } else {
        this.#value += (chunk[at] as number) * 256 ** this.#read;
        this.#read += 1;
        at += 1;
        if (this.#read === this.#part.size) {
          this.#finishPart();
        }
      }
      if (this.#skip === 0 && this.#isLastBlock) {
        this.#isLastBlock = false;
        this.#next({ name: "magic", size: 4 });
        yield chunk.subarray(start, at);
        start = at;
      }
    }
    if (start < chunk.length) {
      yield chunk.subarray(start);
    }
  }

  #finishPart(): void {
    const value = this.#value;
    switch (this.#part.name) {
      case "magic":
        this.#finishMagic(value);
        break;
      case "skippable":
        this.#skip = value;
        this.#isLastBlock = true;
        break;
      case "descriptor":
        this.#finishDescriptor(value);
        break;
      case "block":
        this.#finishBlock(value);
        break;
    }
  }

  #finishMagic(value: number): void {
    if (value === MAGIC) {
      this.#next({ name: "descriptor", size: 1 });
    } else if (value - (value % 16) === SKIPPABLE_MAGIC) {
      this.#next({ name: "skippable", size: 4 });
    } else {
      this.#isUnknown = true;
    }
  }

  #finishDescriptor(value: number): void {
    const isSingleSegment = (value & 0x20) !== 0;
    const contentSize = CONTENT_SIZE_BYTES[value >> 6] ?? 0;
    this.#hasChecksum = (value & 0x04) !== 0;
    this.#skip =
      (isSingleSegment ? 0 : 1) +
      (DICTIONARY_BYTES[value & 0x03] ?? 0) +
      (isSingleSegment && contentSize === 0 ? 1 : contentSize);
    this.#next({ name: "block", size: 3 });
  }

  #finishBlock(value: number): void {
    const isRunLength = ((value >> 1) & 0x03) === 1;
    this.#isLastBlock = (value & 0x01) !== 0;
    this.#skip = (isRunLength ? 1 : value >> 3) + (this.#isLastBlock && this.#hasChecksum ? 4 : 0);
    this.#next({ name: "block", size: 3 });
  }

  #next(part: Part): void {
    this.#part = part;
    this.#value = 0;
    this.#read = 0;
  }
}
