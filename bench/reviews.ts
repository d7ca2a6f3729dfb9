// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** How many images the captured Pods have. */
export const IMAGE_COUNTS: readonly number[] = [1, 3, 10];

/** What `capture-reviews.ts` wrote as the registry and the namespace of the Pods. */
const CAPTURED = { registry: "registry.example", namespace: '"namespace":"default"' };

/**
 * A review as a real API server sent it, of a Pod that a ReplicaSet made, with so many images. They become
 * `REGISTRY/team/app-0:1.0` and so on; the namespace becomes `bench`.
 */
export function readReview(images: number, registry: string): string {
  const path = fileURLToPath(new URL(`reviews/pod-${images}.json`, import.meta.url));
  // The files are laid out for people; an API server sends no spaces.
  return JSON.stringify(JSON.parse(readFileSync(path, "utf8")))
    .replaceAll(`${CAPTURED.registry}/`, `${registry}/`)
    .replaceAll(CAPTURED.namespace, '"namespace":"bench"');
}

/** The images of {@link readReview}, without the registry. */
export function imagesOf(images: number): readonly string[] {
  return Array.from({ length: images }, (_, index) => `team/app-${index}:1.0`);
}
