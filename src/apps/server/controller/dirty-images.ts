// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { RunningImage } from "#database";

/** Finds the images below an index; `undefined`: nobody knows them. The digest itself of an image without others. */
export type FindChildren = (image: RunningImage) => Promise<readonly Digest[] | undefined>;

/** Contents of an index never change, so what was learned stays right; bounds the memory. */
const MAX_KNOWN = 50_000;

/** Which running images have to be judged again. */
export class DirtyImages {
  readonly #keys = new Set<string>();
  readonly #below = new Map<Digest, ReadonlySet<Digest>>();

  get size(): number {
    return this.#keys.size;
  }

  add(keys: Iterable<string>): void {
    for (const key of keys) {
      this.#keys.add(key);
    }
  }

  /** Something about the digest changed: what runs it, or may run it as part of an index. */
  addByDigest(digest: Digest, images: Iterable<readonly [string, RunningImage]>): void {
    for (const [key, image] of images) {
      const below = image.digest === undefined ? undefined : this.#below.get(image.digest);
      if (image.digest === digest || (image.digest !== undefined && (below === undefined || below.has(digest)))) {
        this.#keys.add(key);
      }
    }
  }

  /** Hands out up to so many, which count as clean from now on. */
  take(count: number): readonly string[] {
    const taken = [...this.#keys].slice(0, count);
    for (const key of taken) {
      this.#keys.delete(key);
    }
    return taken;
  }

  /** Remembers what lies below the image, if anybody knows. */
  async learn(image: RunningImage, find: FindChildren): Promise<void> {
    if (image.digest === undefined || this.#below.has(image.digest)) {
      return;
    }
    const children = await find(image);
    if (children !== undefined) {
      if (this.#below.size >= MAX_KNOWN) {
        this.#below.clear();
      }
      this.#below.set(image.digest, new Set(children));
    }
  }
}
