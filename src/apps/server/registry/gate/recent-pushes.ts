// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { ManifestRecord } from "#database";
import { LruMap } from "../lru-map.ts";

const REMEMBERED_MS = 5 * 60 * 1000;
const MAX_REMEMBERED = 20_000;

/** Who pushed which manifest a moment ago. What was new then the manifest says itself, so that every process knows. */
export class RecentPushes {
  readonly #clock: Clock;
  readonly #pushes = new LruMap<string, number>(MAX_REMEMBERED);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(actor: string, manifest: { readonly repository: string; readonly digest: string }): void {
    this.#pushes.set(keyOf(actor, manifest), this.#clock.now().getTime());
  }

  has(actor: string, manifest: Pick<ManifestRecord, "repository" | "digest" | "pushedBy" | "pushedAt">): boolean {
    const made = manifest.pushedBy === actor ? Date.parse(manifest.pushedAt) : undefined;
    const at = this.#pushes.get(keyOf(actor, manifest)) ?? made;
    const age = at === undefined ? Number.POSITIVE_INFINITY : this.#clock.now().getTime() - at;
    return age >= 0 && age < REMEMBERED_MS;
  }
}

function keyOf(actor: string, manifest: { readonly repository: string; readonly digest: string }): string {
  return `${manifest.repository}@${manifest.digest} ${actor}`;
}
