// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Upload } from "#blob-store";
import { isUnderPrefix } from "#registry";

interface OpenUpload {
  readonly repository: string;
  readonly bytes: number;
  readonly digest?: Digest;
}

/**
 * How much lies in uploads that are not finished, in this process (one process writes): it takes room on the disk as anything else does, so
 * it counts in quotas. What a former process left is read once, from the disk.
 */
export class OpenUploads {
  readonly #list: () => AsyncIterable<Upload>;
  readonly #uploads = new Map<string, OpenUpload>();
  readonly #bytes = new Map<string, number>();
  #ready: Promise<void> | undefined;

  constructor(list: () => AsyncIterable<Upload>) {
    this.#list = list;
  }

  /** Resolves when those of a former process are known; before, sums lack them. */
  async ready(): Promise<void> {
    this.#ready ??= this.#load().catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    await this.#ready;
  }

  get ids(): readonly string[] {
    return [...this.#uploads.keys()];
  }

  /** `digest`: what was announced. */
  begin({ id, repository }: Pick<Upload, "id" | "repository">, digest?: Digest): void {
    this.#set(id, { repository, bytes: 0, ...(digest === undefined ? {} : { digest }) });
  }

  note({ id, repository }: Pick<Upload, "id" | "repository">, bytes: number): void {
    this.#set(id, { ...this.#uploads.get(id), repository, bytes });
  }

  forget(id: string): void {
    this.#set(id, undefined);
  }

  bytesOf(id: string): number {
    return this.#uploads.get(id)?.bytes ?? 0;
  }

  digestOf(id: string): Digest | undefined {
    return this.#uploads.get(id)?.digest;
  }

  /** Of all repositories under the prefix. */
  sumUnder(prefix: string): number {
    let sum = 0;
    for (const [repository, bytes] of this.#bytes) {
      sum += isUnderPrefix(prefix, repository) ? bytes : 0;
    }
    return sum;
  }

  async #load(): Promise<void> {
    for await (const upload of this.#list()) {
      if (!this.#uploads.has(upload.id)) {
        this.note(upload, upload.receivedBytes);
      }
    }
  }

  #set(id: string, next: OpenUpload | undefined): void {
    const before = this.#uploads.get(id);
    this.#add(before?.repository, -(before?.bytes ?? 0));
    this.#add(next?.repository, next?.bytes ?? 0);
    if (next === undefined) {
      this.#uploads.delete(id);
    } else {
      this.#uploads.set(id, next);
    }
  }

  #add(repository: string | undefined, bytes: number): void {
    if (repository !== undefined) {
      const sum = (this.#bytes.get(repository) ?? 0) + bytes;
      if (sum === 0) {
        this.#bytes.delete(repository);
      } else {
        this.#bytes.set(repository, sum);
      }
    }
  }
}
