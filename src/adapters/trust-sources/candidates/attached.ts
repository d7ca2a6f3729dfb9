// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { type Descriptor, type ImageManifest, parseManifest } from "#oci";
import type { ReferrerSource, SignatureKind } from "#signatures";
import { type Collected, readProblem, together, unreadable } from "./collected.ts";
import { mapConcurrently } from "./map-concurrently.ts";

/** A blob that a manifest attached to the image holds. */
export interface AttachedBlob {
  /** e.g. `referrer sha256:…`, `tag sha256-….sig`. */
  readonly location: string;
  readonly layer: Descriptor;
  readonly bytes: Uint8Array;
}

/** What is looked at in the manifests of one kind of attachment. */
export interface AttachedKind {
  readonly kind: SignatureKind;
  readonly isLayer: (mediaType: string) => boolean;
  readonly maxBytes: number;
}

/** Larger ones are attestations, most likely: of each place so many bytes of them are held at once, the first of the list. */
const MAX_LARGE_BYTES = 2 * LIMITS.maxAttestationBytes;

/** A blob that is listed and not read yet. */
type ListedBlob = Pick<AttachedBlob, "location" | "layer">;

/** The blobs of referrers: of each manifest, its layers of that kind; of all, at most `LIMITS.maxSignatures`. */
export async function readReferrers(
  source: ReferrerSource,
  referrers: readonly Descriptor[],
  asked: AttachedKind,
  signal: AbortSignal,
): Promise<Collected<AttachedBlob>> {
  const chosen = referrers.slice(0, LIMITS.maxSignatures);
  const parts = await mapConcurrently(chosen, async (referrer) => {
    const location = `referrer ${referrer.digest}`;
    try {
      const manifest = await source.readManifest(referrer.digest, signal);
      return manifest === undefined
        ? unreadable(asked.kind, location, new Error("the manifest is listed but not there"))
        : listLayers({ location, ...manifest }, asked);
    } catch (error) {
      return unreadable(asked.kind, location, error);
    }
  });
  return await readLayers(source, { ...together(parts), leftOut: referrers.length - chosen.length }, asked, signal);
}

/** The blobs of the manifest under a tag such as `sha256-….sig`; nothing when there is no such tag. */
export async function readTag(
  source: ReferrerSource,
  tag: string,
  asked: AttachedKind,
  signal: AbortSignal,
): Promise<Collected<AttachedBlob>> {
  const location = `tag ${tag}`;
  try {
    const manifest = await source.readManifest(tag, signal);
    return manifest === undefined
      ? { candidates: [], problems: [], isComplete: true }
      : await readLayers(source, { ...listLayers({ location, ...manifest }, asked), leftOut: 0 }, asked, signal);
  } catch (error) {
    return unreadable(asked.kind, location, error);
  }
}

function listLayers(
  manifest: { readonly location: string; readonly mediaType: string; readonly bytes: Uint8Array },
  asked: AttachedKind,
): Collected<ListedBlob> {
  const layers = layersOf(parseManifest(manifest.bytes, manifest.mediaType));
  const wanted = layers.filter((layer) => asked.isLayer(layer.mediaType));
  return {
    candidates: wanted.map((layer) => ({ location: manifest.location, layer })),
    problems: [],
    isComplete: true,
  };
}

/**
 * Reads what was listed, after all of it is counted: one small blob can be listed by any number of manifests, any number
 * of times in each.
 */
async function readLayers(
  source: ReferrerSource,
  listed: Collected<ListedBlob> & { readonly leftOut: number },
  asked: AttachedKind,
  signal: AbortSignal,
): Promise<Collected<AttachedBlob>> {
  const chosen = withinBytes(listed.candidates.slice(0, LIMITS.maxSignatures), asked);
  const parts = await mapConcurrently(chosen, async ({ location, layer }): Promise<Collected<AttachedBlob>> => {
    try {
      const bytes = await source.readBlob(layer, asked.maxBytes, signal);
      return { candidates: [{ location, layer, bytes }], problems: [], isComplete: true };
    } catch (error) {
      return unreadable(asked.kind, location, error);
    }
  });
  const found = together([{ ...listed, candidates: [] }, ...parts]);
  return limited(asked.kind, found, listed.leftOut + listed.candidates.length - chosen.length);
}

/** Without large ones beyond the limit; a small one, which a signature is, is never in their way. */
function withinBytes(listed: readonly ListedBlob[], { maxBytes }: AttachedKind): readonly ListedBlob[] {
  let left = MAX_LARGE_BYTES;
  return listed.filter(({ layer: { size } }) => {
    // one that is too large by itself is not read, and the source says so
    if (size <= LIMITS.maxSignatureBytes || size > maxBytes) {
      return true;
    }
    const isWithin = size <= left;
    left -= isWithin ? size : 0;
    return isWithin;
  });
}

function layersOf(manifest: ReturnType<typeof parseManifest>): ImageManifest["layers"] {
  return manifest.kind === "image" ? manifest.layers : [];
}

/** What is beyond the limit is said: it might have been the signature that holds. */
function limited(kind: SignatureKind, found: Collected<AttachedBlob>, leftOut: number): Collected<AttachedBlob> {
  if (leftOut === 0) {
    return found;
  }
  const problem = {
    ...readProblem(kind, "repository", new Error(`${leftOut} more were not looked at`)),
    code: "LIMIT_EXCEEDED" as const,
  };
  return { candidates: found.candidates, problems: [...found.problems, problem], isComplete: false };
}
