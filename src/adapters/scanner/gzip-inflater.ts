// SPDX-License-Identifier: Apache-2.0
import { createGunzip, createInflateRaw } from "node:zlib";
import { GzipHeader } from "./gzip-header.ts";
import { InflateError, Inflater } from "./inflater.ts";

/** Checksum and length. */
const TRAILER_BYTES = 8;

/**
 * Inflates gzip. The checksum of the first member, mostly the only one, is not computed: that would cost a twentieth of
 * a scan, and the diffID, which the content is compared with, says more. Further members are left to zlib.
 */
export class GzipInflater {
  readonly #header = new GzipHeader();
  readonly #first: Inflater;
  #trailerBytes = 0;
  /** For what follows the first member, once something does. */
  #others: Inflater | "padding" | undefined;
  readonly #createOthers: () => Inflater;

  constructor(options: { readonly chunkSize: number; readonly onData: (chunk: Uint8Array) => void }) {
    const { chunkSize, onData } = options;
    this.#first = new Inflater(createInflateRaw({ chunkSize }), onData);
    this.#createOthers = () => new Inflater(createGunzip({ chunkSize }), onData);
  }

  /** All that was written before is free again afterwards, the bytes themselves are not yet. */
  async write(bytes: Uint8Array): Promise<void> {
    const rest = bytes.subarray(this.#header.take(bytes));
    if (rest.length > 0) {
      await this.#first.write(rest);
      await this.#writeRest();
    }
  }

  /** Ends when all bytes are inflated. Throws `InflateError` when they are broken. */
  async drain(): Promise<void> {
    await this.#first.drain();
    await this.#writeRest();
    if (this.#others instanceof Inflater) {
      await this.#others.drain();
    }
  }

  /** Throws `InflateError` when the data is not whole. */
  async finish(): Promise<void> {
    await this.#first.finish();
    await this.#writeRest();
    if (this.#others instanceof Inflater) {
      await this.#others.finish();
    }
    if (this.#trailerBytes < TRAILER_BYTES) {
      throw new InflateError("TAR_INVALID", "layer is not well compressed: unexpected end of file");
    }
  }

  destroy(): void {
    this.#first.destroy();
    if (this.#others instanceof Inflater) {
      this.#others.destroy();
    }
  }

  /** What follows the first member, if it has ended. */
  async #writeRest(): Promise<void> {
    if (!this.#first.isEnded) {
      return;
    }
    for (const unused of this.#first.takeUnused()) {
      const trailer = Math.min(unused.length, TRAILER_BYTES - this.#trailerBytes);
      this.#trailerBytes += trailer;
      await this.#writeOthers(unused.subarray(trailer));
    }
  }

  async #writeOthers(bytes: Uint8Array): Promise<void> {
    if (bytes.length > 0) {
      // Padding begins with a zero; zlib reads nothing behind that either.
      this.#others ??= bytes[0] === 0 ? "padding" : this.#createOthers();
      if (this.#others instanceof Inflater) {
        await this.#others.write(bytes);
      }
    }
  }
}
