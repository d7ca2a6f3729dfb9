// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fetcher } from "tuf-js";
import { DownloadHTTPError } from "tuf-js/dist/error.js";
import { LIMITS } from "#base";
import type { TufMirror } from "./tuf-mirror.ts";

/** Brings files of a mirror to the updater; remembers a failure of the network, which the updater wraps beyond recognition. */
export class TufFetcher implements Fetcher {
  readonly #mirror: TufMirror | undefined;
  readonly #signal: AbortSignal;
  /** Set when the mirror could not be read. A file that is not there is an answer. */
  failure: unknown;

  constructor(mirror: TufMirror | undefined, signal: AbortSignal) {
    this.#mirror = mirror;
    this.#signal = signal;
  }

  /** Brings nothing: only what is kept counts. */
  static offline(): TufFetcher {
    return new TufFetcher(undefined, AbortSignal.abort());
  }

  async downloadBytes(url: string, maxLength: number): Promise<Buffer> {
    if (this.#mirror === undefined) {
      throw new Error("not read from the mirror now");
    }
    const { pathname } = new URL(url);
    let bytes: Buffer | undefined;
    const maxBytes = Math.min(maxLength, LIMITS.maxTrustMaterialBytes);
    try {
      bytes = await this.#mirror.read(pathname.slice(1), maxBytes, this.#signal);
    } catch (error) {
      this.failure = error;
      throw error;
    }
    if (bytes === undefined) {
      throw new DownloadHTTPError(`the mirror has no ${pathname}`, 404);
    }
    if (bytes.length > maxBytes) {
      throw new Error(`${pathname} is larger than ${maxBytes} bytes`);
    }
    return bytes;
  }

  async downloadFile<T>(url: string, maxLength: number, handler: (file: string) => Promise<T>): Promise<T> {
    const bytes = await this.downloadBytes(url, maxLength);
    const folder = await mkdtemp(join(tmpdir(), "haechi-tuf-"));
    try {
      const file = join(folder, "target");
      await writeFile(file, bytes);
      return await handler(file);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
