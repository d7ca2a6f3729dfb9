// SPDX-License-Identifier: Apache-2.0
import type { Transform } from "node:stream";
import { messageOf } from "#base";
import { OciError } from "#oci";

/** Inflated content that is broken; errors of the source of the chunks pass through unchanged. */
export class InflateError extends OciError {
  override readonly name: string = "InflateError";
}

/** A decompressor of node:zlib. */
type Decompressor = Transform & { readonly bytesWritten: number };

/** A decompressor that is written to with promises, and says how far it got. */
export class Inflater {
  readonly #stream: Decompressor;
  readonly #onData: (chunk: Uint8Array) => void;
  #hasFailed = false;
  #failure: unknown;
  #wake: () => void = () => undefined;

  /** What `onData` throws ends the inflating. */
  constructor(stream: Decompressor, onData: (chunk: Uint8Array) => void) {
    this.#stream = stream;
    this.#onData = onData;
    // Once this event is over zlib, which has threads of its own, goes on with the next chunk while this one is used.
    // Microtasks run right after the event and before any answer of zlib: chunks stay in order, and only one waits.
    stream.on("data", (chunk: Uint8Array) => queueMicrotask(() => this.#use(chunk)));
    stream.on("end", () => this.#wake());
    stream.on("error", (error) =>
      this.#fail(
        new InflateError("TAR_INVALID", `layer is not well compressed: ${messageOf(error)}`, { cause: error }),
      ),
    );
  }

  /** Whether the compressed data has ended; what follows it was not used. */
  get isEnded(): boolean {
    return this.#stream.readableEnded;
  }

  /** Inflates the bytes, which are free again afterwards. Returns how many of them were used: all, unless the data ended. */
  async write(bytes: Uint8Array): Promise<number> {
    if (this.isEnded) {
      return 0;
    }
    const before = this.#stream.bytesWritten;
    await this.#step((done) => this.#stream.write(bytes, () => done()));
    return this.#stream.bytesWritten - before;
  }

  /** Says that there is no more. Throws `InflateError` when the data is not whole. */
  async finish(): Promise<void> {
    await this.#step(() => (this.isEnded ? this.#wake() : this.#stream.end()));
  }

  destroy(): void {
    this.#stream.destroy();
  }

  async #step(begin: (done: () => void) => void): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      begin(resolve);
    });
    if (this.#hasFailed) {
      throw this.#failure;
    }
  }

  #use(chunk: Uint8Array): void {
    if (!this.#hasFailed) {
      try {
        this.#onData(chunk);
      } catch (error) {
        this.#fail(error);
      }
    }
  }

  #fail(error: unknown): void {
    if (!this.#hasFailed) {
      this.#hasFailed = true;
      this.#failure = error;
    }
    this.#stream.destroy();
    this.#wake();
  }
}
