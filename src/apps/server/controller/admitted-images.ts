// SPDX-License-Identifier: Apache-2.0
import type { RunningImage, WorkloadStore } from "#database";
import type { RunningPod } from "./running-pod.ts";

type Image = Pick<RunningImage, "namespace" | "reference" | "digest">;

/** Bounds the memory; what is forgotten is looked up again. */
const MAX_REMEMBERED = 100_000;

/** Of which images the gate has a record in their namespace. A record once seen stays, also when old records are deleted. */
export class AdmittedImages {
  readonly #store: Pick<WorkloadStore, "findAdmitted">;
  readonly #known = new Set<string>();

  constructor(store: Pick<WorkloadStore, "findAdmitted">) {
    this.#store = store;
  }

  has(image: Image): boolean {
    return this.#known.has(keyOf(image));
  }

  /** Looks up what is not known to be admitted. */
  async learn(pods: readonly RunningPod[]): Promise<void> {
    const unknown = new Map<string, Image>();
    for (const { namespace, images } of pods) {
      for (const { reference, digest } of images) {
        const image = { namespace, reference, ...(digest === undefined ? {} : { digest }) };
        const key = keyOf(image);
        if (!this.#known.has(key)) {
          unknown.set(key, image);
        }
      }
    }
    if (this.#known.size + unknown.size > MAX_REMEMBERED) {
      this.#known.clear();
    }
    for (const image of await this.#store.findAdmitted([...unknown.values()])) {
      this.#known.add(keyOf(image));
    }
  }
}

function keyOf({ namespace, reference, digest }: Image): string {
  return JSON.stringify([namespace, reference, digest ?? ""]);
}
