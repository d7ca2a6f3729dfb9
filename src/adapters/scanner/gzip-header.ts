// SPDX-License-Identifier: Apache-2.0
import { InflateError } from "./inflater.ts";

const ID1 = 0x1f;
const ID2 = 0x8b;
const DEFLATE = 8;
const HAS_HEADER_CHECKSUM = 0x02;
const HAS_EXTRA = 0x04;
const HAS_NAME = 0x08;
const HAS_COMMENT = 0x10;
const RESERVED = 0xe0;

/** Steps over the header of a gzip member (RFC 1952, 2.3), however it is cut into chunks. */
export class GzipHeader {
  readonly #parser = parseHeader();
  #isWhole = false;

  constructor() {
    // runs to where it waits for the first byte
    this.#parser.next(0);
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** How many of the bytes belong to the header. Throws `InflateError` when it is none. */
  take(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.length && !this.#isWhole) {
      this.#isWhole = this.#parser.next(bytes[at] as number).done === true;
      at += 1;
    }
    return at;
  }
}

/** Is given the header byte by byte, and done after its last one. */
function* parseHeader(): Generator<undefined, void, number> {
  const [id1, id2, method] = [yield, yield, yield];
  const flags = yield;
  if (id1 !== ID1 || id2 !== ID2 || method !== DEFLATE || (flags & RESERVED) !== 0) {
    throw new InflateError("TAR_INVALID", "layer is not well compressed: incorrect gzip header");
  }
  yield* skip(6); // time, hints of the compressor, operating system
  if ((flags & HAS_EXTRA) !== 0) {
    const low = yield;
    yield* skip(low + 256 * (yield));
  }
  for (const text of [HAS_NAME, HAS_COMMENT]) {
    while ((flags & text) !== 0 && (yield) !== 0) {
      // up to and with the zero that ends it
    }
  }
  if ((flags & HAS_HEADER_CHECKSUM) !== 0) {
    yield* skip(2);
  }
}

function* skip(bytes: number): Generator<undefined, void, number> {
  for (let index = 0; index < bytes; index += 1) {
    yield;
  }
}
