// SPDX-License-Identifier: Apache-2.0
import { LIMITS, parseDigest } from "#base";
import type { ReferrerSource } from "#signatures";

/** Manifests of signatures have a few hundred bytes; larger ones are read again rather than held. */
const MAX_KEPT_BYTES = 16 * 1024;

/**
 * The same source, which asks once for a small manifest by digest: it is read for its type and for its layers. Tags can
 * move, and absence and errors can pass: those are asked for each time. For the time of one look at one image.
 */
export function keepManifests(source: ReferrerSource): ReferrerSource {
  const kept = new Map<string, Awaited<ReturnType<ReferrerSource["readManifest"]>>>();
  return {
    listReferrers: (digest, signal) => source.listReferrers(digest, signal),
    readBlob: (descriptor, maxBytes, signal) => source.readBlob(descriptor, maxBytes, signal),
    readManifest: async (name, signal) => {
      const known = kept.get(name);
      if (known !== undefined) {
        return known;
      }
      const found = await source.readManifest(name, signal);
      const isFixed = parseDigest(name) !== undefined;
      if (found !== undefined && isFixed && found.bytes.length <= MAX_KEPT_BYTES && kept.size < LIMITS.maxSignatures) {
        kept.set(name, found);
      }
      return found;
    },
  };
}
