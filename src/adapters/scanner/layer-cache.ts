// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import type { Digest, Limits } from "#base";
import type { Analyzer } from "#packages";

/**
 * Keeps what was found in layers, so that a second image on the same base costs only its own layers. Keys are 64 hex
 * digits. Neither throws: what cannot be read is not there, and what cannot be written is found again next time.
 */
export interface LayerCache {
  read(key: string): Promise<Uint8Array | undefined>;
  write(key: string, content: Uint8Array): Promise<void>;
}

/** Increased when `layer-snapshot.ts` writes something else, or the reading of layers finds something else. */
const FORMAT = "2";

/** All on which the reading of a layer depends. */
export interface LayerIdentity {
  readonly diffId: Digest;
  /**
   * Of the layer as transferred. The diffID alone would do for content, but it is only a claim of the image until the
   * layer was read: another image could claim the diffID of a clean base for a layer that is none.
   */
  readonly digest: Digest;
  readonly isLowest: boolean;
  readonly analyzers: readonly Analyzer[];
  readonly limits: Limits;
}

/** The key under which a layer is kept. */
export function layerKey({ diffId, digest, isLowest, analyzers, limits }: LayerIdentity): string {
  const versions = analyzers.map(({ name, version }) => [name, version]);
  const identity = [FORMAT, diffId, digest, isLowest, versions, Object.values(limits)];
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex");
}
