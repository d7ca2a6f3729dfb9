// SPDX-License-Identifier: Apache-2.0
import type { Limits } from "#base";

export type UploadLimits = Pick<Limits, "maxOpenUploads" | "maxOpenUploadsPerRepository">;

/** How many uploads are open: in all, by repository, and by owner, which is the first component of the name. */
export class UploadCounts {
  readonly #limits: UploadLimits;
  readonly #ofRepository = new Map<string, number>();
  readonly #ofOwner = new Map<string, number>();
  #all = 0;

  constructor(limits: UploadLimits) {
    this.#limits = limits;
  }

  add(repository: string, change: 1 | -1): void {
    this.#all += change;
    addTo(this.#ofRepository, repository, change);
    addTo(this.#ofOwner, ownerOf(repository), change);
  }

  /**
   * What is full for the repository. The registry is for owners who have their share of it, each as much: otherwise one of them could keep all
   * others from pushing.
   */
  full(repository: string): "repository" | "registry" | undefined {
    const { maxOpenUploads, maxOpenUploadsPerRepository } = this.#limits;
    if ((this.#ofRepository.get(repository) ?? 0) >= maxOpenUploadsPerRepository) {
      return "repository";
    }
    const own = this.#ofOwner.get(ownerOf(repository));
    const owners = this.#ofOwner.size + (own === undefined ? 1 : 0);
    return this.#all >= maxOpenUploads && (own ?? 0) >= maxOpenUploads / owners ? "registry" : undefined;
  }
}

export function ownerOf(repository: string): string {
  return repository.split("/", 1)[0] ?? "";
}

/** What is nothing again is not kept. */
export function addTo(sums: Map<string, number>, key: string, change: number): void {
  const sum = (sums.get(key) ?? 0) + change;
  if (sum === 0) {
    sums.delete(key);
  } else {
    sums.set(key, sum);
  }
}
