// SPDX-License-Identifier: Apache-2.0
import { type Digest, isDigest } from "#base";

/** An image that others may be built on, such as each one in a registry. */
export interface KnownBase {
  /** As people write it. */
  readonly reference: string;
  readonly digest: Digest;
  /** Digests of its inflated layers, from the base up. */
  readonly diffIds: readonly Digest[];
}

/** What an image probably was built on. */
export interface BaseImageGuess {
  readonly reference: string;
  readonly digest?: Digest;
  /** `layers`: it has all layers of the base, which nobody can make up. `claim`: its builder says so, and may say anything. */
  readonly by: "layers" | "claim";
  /** Layers that belong to the base, where that is known. */
  readonly layerCount?: number;
}

/** OCI image-spec, annotations.md. */
const BASE_NAME = "org.opencontainers.image.base.name";
const BASE_DIGEST = "org.opencontainers.image.base.digest";
const MAX_NAME = 512;

/**
 * What an image was built on: the known image with the most layers that are all at the bottom of this one, else what annotations of
 * the manifest or labels of the configuration claim; `undefined` when neither tells. An image is not its own base.
 */
export function guessBaseImage(
  image: {
    readonly diffIds: readonly Digest[];
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  },
  knownBases: readonly KnownBase[] = [],
): BaseImageGuess | undefined {
  const [best] = knownBases
    .filter(({ diffIds }) => isBelow(diffIds, image.diffIds))
    .toSorted((a, b) => b.diffIds.length - a.diffIds.length || (a.reference < b.reference ? -1 : 1));
  if (best !== undefined) {
    const { reference, digest, diffIds } = best;
    return { reference, digest, by: "layers", layerCount: diffIds.length };
  }
  for (const claims of [image.annotations ?? {}, image.labels ?? {}]) {
    const reference = claims[BASE_NAME];
    const digest = claims[BASE_DIGEST];
    if (reference !== undefined && reference !== "" && reference.length <= MAX_NAME) {
      return { reference, by: "claim", ...(digest !== undefined && isDigest(digest) ? { digest } : {}) };
    }
  }
  return undefined;
}

function isBelow(base: readonly Digest[], image: readonly Digest[]): boolean {
  return base.length > 0 && base.length < image.length && base.every((diffId, index) => diffId === image[index]);
}
