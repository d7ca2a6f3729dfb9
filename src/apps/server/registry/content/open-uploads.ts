// SPDX-License-Identifier: Apache-2.0
import { type Digest, LIMITS } from "#base";
import type { Upload } from "#blob-store";
import { prefixesOf } from "#registry";
import { RegistryError } from "../errors.ts";
import { addTo, ownerOf, UploadCounts, type UploadLimits } from "./upload-counts.ts";

/** The disk is asked so often what other processes have received, and whether one of ours went on elsewhere. */
const LOOK_AFTER_MS = 1_000;
/** After a look comes so many times what it took without one: who fills the disk with uploads shall not make all others wait for it. */
const REST_FACTOR = 10;
/** What was seen is used for so long while it is looked again. */
const STALE_AFTER_MS = 30_000;
/** For clients that may not begin an upload: until others end, or a look finds out that they did. */
const RETRY_SECONDS = 30;
/** What this process received since is as it knows it. */
const OWN_FOR_MS = 5_000;

export interface OpenUploadsOptions {
  readonly limits?: UploadLimits;
  /** Milliseconds since some instant. */
  readonly now?: () => number;
}

interface OpenUpload {
  readonly repository: string;
  readonly bytes: number;
  readonly digest?: Digest;
  readonly notedAt: number;
}

/**
 * How much lies in uploads that are not finished: it takes room on the disk as anything else does, so it counts in quotas. What this process
 * receives it knows at once; what others receive, or a former process left, is read from the disk. There may be so many and no more: an empty
 * one fits into any quota, and each is read again and again.
 */
export class OpenUploads {
  readonly #list: (isKnown: (id: string) => boolean) => AsyncIterable<Upload>;
  readonly #now: () => number;
  readonly #uploads = new Map<string, OpenUpload>();
  /** By each prefix: it is asked for with every chunk of every upload. */
  readonly #bytes = new Map<string, number>();
  readonly #limits: UploadLimits;
  readonly #counts: UploadCounts;
  #looking: Promise<void> | undefined;
  /** Since the look began: it may have read them before. */
  readonly #forgotten = new Set<string>();
  /** When the last look that came to its end began, and for how long none begins from then on. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  #restMs = LOOK_AFTER_MS;

  constructor(
    list: (isKnown: (id: string) => boolean) => AsyncIterable<Upload>,
    { limits = LIMITS, now = () => performance.now() }: OpenUploadsOptions = {},
  ) {
    this.#list = list;
    this.#limits = limits;
    this.#now = now;
    this.#counts = new UploadCounts(limits);
  }

  /**
   * Resolves when those of other processes are known as they were a moment ago, or, if looking takes long, some time ago; before, sums lack
   * them. Waits for the disk only if nobody looked for long.
   */
  async ready(): Promise<void> {
    const looking = this.#lookIfDue();
    // Twice: a slow look that begins as soon as it may is not waited for either.
    if (this.#now() - this.#lookedAt >= Math.max(STALE_AFTER_MS, 2 * this.#restMs)) {
      await looking;
    }
  }

  /**
   * The place of an upload that is about to begin in the repository, which is given back when the upload counts itself, or did not begin. Throws
   * `TOOMANYREQUESTS` when there are too many.
   */
  async reserve(repository: string): Promise<Disposable> {
    const looking = this.#lookIfDue();
    if (this.#counts.full(repository) !== undefined) {
      // Others may have ended some. A disk that does not answer says nothing of that.
      await looking?.catch(() => undefined);
    }
    const full = this.#counts.full(repository);
    if (full !== undefined) {
      throw full === "repository" ? this.#repositoryFull(repository) : this.#registryFull(repository);
    }
    this.#counts.add(repository, 1);
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (isHeld) {
          isHeld = false;
          this.#counts.add(repository, -1);
        }
      },
    };
  }

  get ids(): readonly string[] {
    return [...this.#uploads.keys()];
  }

  /** `digest`: what was announced. */
  begin({ id, repository }: Pick<Upload, "id" | "repository">, digest?: Digest): void {
    this.#set(id, { repository, bytes: 0, ...(digest === undefined ? {} : { digest }), notedAt: this.#now() });
  }

  note({ id, repository }: Pick<Upload, "id" | "repository">, bytes: number): void {
    this.#set(id, { ...this.#uploads.get(id), repository, bytes, notedAt: this.#now() });
  }

  forget(id: string): void {
    if (this.#looking !== undefined) {
      this.#forgotten.add(id);
    }
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
    return this.#bytes.get(prefix) ?? 0;
  }

  /** The look that is under way. */
  #lookIfDue(): Promise<void> | undefined {
    if (this.#looking === undefined && this.#now() - this.#lookedAt >= this.#restMs) {
      this.#looking = this.#look().finally(() => {
        this.#looking = undefined;
        this.#forgotten.clear();
      });
      // Often nobody waits for it. Who does learns why it failed, and the next one looks again.
      this.#looking.catch(() => undefined);
    }
    return this.#looking;
  }

  async #look(): Promise<void> {
    const begunAt = this.#now();
    const before = this.ids;
    const found = new Set<string>();
    const isOwn = (id: string): boolean =>
      (this.#uploads.get(id)?.notedAt ?? Number.NEGATIVE_INFINITY) > begunAt - OWN_FOR_MS;
    for await (const { id, repository, receivedBytes } of this.#list(isOwn)) {
      found.add(id);
      if (!isOwn(id) && !this.#forgotten.has(id)) {
        this.#set(id, {
          ...this.#uploads.get(id),
          repository,
          bytes: receivedBytes,
          notedAt: Number.NEGATIVE_INFINITY,
        });
      }
    }
    for (const id of before) {
      if (!found.has(id) && !isOwn(id)) {
        this.#set(id, undefined);
      }
    }
    const tookMs = this.#now() - begunAt;
    this.#restMs = Math.max(LOOK_AFTER_MS, tookMs + REST_FACTOR * tookMs);
    this.#lookedAt = begunAt;
  }

  #set(id: string, next: OpenUpload | undefined): void {
    const before = this.#uploads.get(id);
    // an upload stays in its repository
    const repository = before?.repository ?? next?.repository;
    if (repository === undefined) {
      return;
    }
    const bytes = (next?.bytes ?? 0) - (before?.bytes ?? 0);
    for (const prefix of bytes === 0 ? [] : prefixesOf(repository)) {
      addTo(this.#bytes, prefix, bytes);
    }
    if (next === undefined) {
      this.#uploads.delete(id);
      this.#counts.add(repository, -1);
      return;
    }
    this.#uploads.set(id, next);
    if (before === undefined) {
      this.#counts.add(repository, 1);
    }
  }

  #repositoryFull(repository: string): RegistryError {
    const limit = this.#limits.maxOpenUploadsPerRepository;
    return new RegistryError(
      "TOOMANYREQUESTS",
      `${repository} has ${limit} uploads that are not finished, and may not have more: finish or cancel some`,
      {
        details: { repository, limit },
        headers: { "retry-after": String(RETRY_SECONDS) },
        text: { id: "registryStorage.uploads.repositoryFull", params: { repository, limit } },
      },
    );
  }

  /** Not how many others have. */
  #registryFull(repository: string): RegistryError {
    const owner = ownerOf(repository);
    const limit = this.#limits.maxOpenUploads;
    return new RegistryError(
      "TOOMANYREQUESTS",
      `the registry has ${limit} uploads that are not finished, and ${owner} its share of them: finish or cancel some`,
      {
        details: { owner, limit },
        headers: { "retry-after": String(RETRY_SECONDS) },
        text: { id: "registryStorage.uploads.registryFull", params: { owner, limit } },
      },
    );
  }
}
