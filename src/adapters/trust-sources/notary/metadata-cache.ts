// SPDX-License-Identifier: Apache-2.0

const MAX_BYTES = 32 * 1024 * 1024;

/** Metadata files by their SHA-256: such a file never changes, so it can be neither stale nor wrong. The oldest go first. */
export class MetadataCache {
  readonly #files: Map<string, Uint8Array> = new Map();
  #bytes = 0;

  get(sha256: string): Uint8Array | undefined {
    const file = this.#files.get(sha256);
    if (file !== undefined) {
      this.#files.delete(sha256);
      this.#files.set(sha256, file);
    }
    return file;
  }

  /** The caller has compared the hash. */
  add(sha256: string, bytes: Uint8Array): void {
    if (this.#files.has(sha256) || bytes.length > MAX_BYTES) {
      return;
    }
    this.#files.set(sha256, bytes);
    this.#bytes += bytes.length;
    for (const [oldest, file] of this.#files) {
      if (this.#bytes <= MAX_BYTES) {
        return;
      }
      this.#files.delete(oldest);
      this.#bytes -= file.length;
    }
  }
}
