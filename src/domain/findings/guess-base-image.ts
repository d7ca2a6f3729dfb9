// SPDX-License-Identifier: Apache-2.0
import { type Digest, isDigest } from "#base";

/** What an image probably was built on, as far as its builder left traces: enough for advice, never for a verdict. */
export interface BaseImageGuess {
  /** As the builder names it. */
  readonly reference?: string;
  readonly digest?: Digest;
  /** Layers at the bottom that came with the base. */
  readonly layerCount?: number;
}

/** OCI image-spec, annotations.md. */
const BASE_NAME = "org.opencontainers.image.base.name";
const BASE_DIGEST = "org.opencontainers.image.base.digest";
/** Shown to people as it stands. */
const NAME = /^[\x21-\x7e]{1,512}$/;

/** How the step that says what an image runs is written down by docker's builder and by BuildKit. */
const COMMAND = /^(?:\/bin\/sh -c #\(nop\)\s+)?CMD\b/;

/**
 * What an image was built on. The name is what annotations of the manifest or labels of the configuration claim. Base images
 * end with the command that they run, so the layers up to the last such step that has layers above it are the base's.
 * `undefined` when neither tells.
 */
export function guessBaseImage(image: {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** The oldest step first. */
  readonly history: readonly { readonly createdBy: string; readonly isEmptyLayer: boolean }[];
}): BaseImageGuess | undefined {
  const claim = [image.annotations ?? {}, image.labels].map(readClaim).find((each) => each !== undefined);
  const layerCount = countBaseLayers(image.history);
  return claim === undefined && layerCount === 0
    ? undefined
    : { ...claim, ...(layerCount === 0 ? {} : { layerCount }) };
}

function readClaim(claims: Readonly<Record<string, string>>): BaseImageGuess | undefined {
  const reference = claims[BASE_NAME];
  const digest = claims[BASE_DIGEST];
  return reference === undefined || !NAME.test(reference)
    ? undefined
    : { reference, ...(digest !== undefined && isDigest(digest) ? { digest } : {}) };
}

function countBaseLayers(history: readonly { readonly createdBy: string; readonly isEmptyLayer: boolean }[]): number {
  const lastLayer = history.findLastIndex(({ isEmptyLayer }) => !isEmptyLayer);
  const end = history
    .slice(0, Math.max(0, lastLayer))
    .findLastIndex(({ createdBy, isEmptyLayer }) => isEmptyLayer && COMMAND.test(createdBy));
  return history.slice(0, end + 1).filter(({ isEmptyLayer }) => !isEmptyLayer).length;
}
