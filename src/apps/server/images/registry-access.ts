// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { PullAccess } from "../pull-access.ts";
import { LruMap } from "../registry/lru-map.ts";
import { type Candidates, readCandidates } from "./credential-candidates.ts";
import { RemoteImageError } from "./errors.ts";
import type { RemoteRepository } from "./remote-images.ts";

const MAX_REMEMBERED = 20_000;
/** Secrets change rarely, and a new one should count soon. */
const REMEMBERED_MS = 10_000;

interface Entry {
  readonly candidates: Promise<Candidates>;
  readonly madeMs: number;
}

/** What accesses have for repositories, read once for all images of a roll-out. */
export class RegistryAccess {
  readonly #operatorFile: string | undefined;
  readonly #clock: Clock;
  readonly #known = new LruMap<string, Entry>(MAX_REMEMBERED);

  constructor(options: { readonly operatorFile: string | undefined; readonly clock: Clock }) {
    this.#operatorFile = options.operatorFile;
    this.#clock = options.clock;
  }

  async candidatesOf(place: RemoteRepository, access: PullAccess): Promise<Candidates> {
    if (access.key === undefined) {
      return await readCandidates(place, access, this.#operatorFile);
    }
    const key = keyOf(place, access.key);
    const madeMs = this.#clock.now().getTime();
    const known = this.#known.get(key);
    if (known !== undefined && madeMs >= known.madeMs && madeMs < known.madeMs + REMEMBERED_MS) {
      return await known.candidates;
    }
    const candidates = readCandidates(place, access, this.#operatorFile);
    this.#known.set(key, { candidates, madeMs });
    candidates.catch(() => this.#known.delete(key));
    return await candidates;
  }

  /** Does something with what the access has. When the registry refuses it, the secrets are read again the next time. */
  async use<T>(place: RemoteRepository, access: PullAccess, work: (candidates: Candidates) => Promise<T>): Promise<T> {
    try {
      return await work(await this.candidatesOf(place, access));
    } catch (error) {
      if (error instanceof RemoteImageError && error.code === "REGISTRY_REFUSED") {
        if (access.key !== undefined) {
          this.#known.delete(keyOf(place, access.key));
        }
        access.forget?.();
      }
      throw error;
    }
  }
}

function keyOf({ registry, repository }: RemoteRepository, accessKey: string): string {
  return `${registry}/${repository} ${accessKey}`;
}
