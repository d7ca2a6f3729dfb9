// SPDX-License-Identifier: Apache-2.0

/** What stands for `*`; no real name has it, so that no other entry means it literally. */
const ANYTHING = "haechi-lint-0";

/** A host with a dot: without one the name would be an image of Docker Hub, which entries for Docker Hub fit better. */
const ANY_HOST = `${ANYTHING}.invalid`;

/**
 * An image that the entry's name fits and that has nothing beyond it: whatever else fits this image is as wide as the
 * name, or a part of it in every place.
 */
export function representativeOf(name: string): string {
  return (
    name
      // everything of Docker Hub is more than its official images
      .replace(/^((?:index\.|registry-1\.)?docker\.io\/)\*+(?=:|$)/, `$1${ANYTHING}/${ANYTHING}`)
      .replace(/^\*+(?=\/)/, ANY_HOST)
      .replace(/^\*+(?=[^/.:]*(?::[^/]*)?$)/, `${ANY_HOST}/${ANYTHING}`)
      .replaceAll(/\*+/g, ANYTHING)
  );
}
