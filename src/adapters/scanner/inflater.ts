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

/**
 * A decompressor that is written to with promises. It holds the next bytes before it is done with those before: zlib, which
 * has threads of its own, then goes from one to the other without waiting for what is done with the content.
 */
export class Inflater {
  readonly #stream: Decompressor;
  readonly #onData: (chunk: Uint8Array) => void;
  /** What zlib is not done with, and how much it was given before. */
  readonly #given: Uint8Array[] = [];
  #doneBytes = 0;
  #hasFailed = false;
  #failure: unknown;
  #wake: () => void = () => undefined;

  /** What `onData` throws ends the inflating. */
  constructor(stream: Decompressor, onData: (chunk: Uint8Array) => void) {
    this.#stream = stream;
    this.#onData = onData;
    // Once this event is over zlib goes on with the next chunk while this one is used.
    // Microtasks run right after the event and before any answer of zlib: chunks stay in order, and only one waits.
    stream.on("data", (chunk: Uint8Array) => queueMicrotask(() => this.#use(chunk)));
    stream.on("end", () => this.#wake());
    stream.on("error", (error) =>
      this.#fail(
        new InflateError("TAR_INVALID", `layer is not well compressed: ${messageOf(error)}`, { cause: error }),
      ),
    );
  }

  /** Whether the compressed data has ended. */
  get isEnded(): boolean {
    return this.#stream.readableEnded;
  }

  /** Inflates the bytes. All that was given before is free again afterwards, the bytes themselves are not yet. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#given.push(bytes);
    if (!this.isEnded) {
      this.#stream.write(bytes, () => this.#forgetDone());
      await this.#until(() => this.#given.length < 2);
    }
  }

  /** Ends when all bytes are inflated. Throws `InflateError` when they are broken. */
  async drain(): Promise<void> {
    await this.#until(() => this.#given.length === 0);
  }

  /** Says that there is no more. Throws `InflateError` when the data is not whole. */
  async finish(): Promise<void> {
    if (!this.isEnded) {
      this.#stream.end();
    }
    await this.#until(() => false);
  }

  /** What was given behind the end of the data, once. */
  takeUnused(): readonly Uint8Array[] {
    let used = this.#stream.bytesWritten - this.#doneBytes;
    this.#doneBytes += used;
    return this.#given.splice(0).map((bytes) => {
      const unused = bytes.subarray(used);
      used = Math.max(0, used - bytes.length);
      return unused;
    });
  }

  destroy(): void {
    this.#stream.destroy();
  }

  /** Waits for that, the end of the data or a failure. */
  async #until(isDone: () => boolean): Promise<void> {
    while (!isDone() && !this.isEnded && !this.#hasFailed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#hasFailed) {
      throw this.#failure;
    }
  }

  /** Behind the end of the data zlib says of bytes, too, that they are written. */
  #forgetDone(): void {
    const [first] = this.#given;
    if (first !== undefined && this.#doneBytes + first.length <= this.#stream.bytesWritten) {
      this.#given.shift();
      this.#doneBytes += first.length;
    }
    this.#wake();
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
