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
        : await readLayers(source, { location, ...manifest }, asked, signal);
    } catch (error) {
      return unreadable(asked.kind, location, error);
    }
  });
  return limited(asked.kind, together(parts), referrers.length - chosen.length);
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
      : await readLayers(source, { location, ...manifest }, asked, signal);
  } catch (error) {
    return unreadable(asked.kind, location, error);
  }
}

async function readLayers(
  source: ReferrerSource,
  manifest: { readonly location: string; readonly mediaType: string; readonly bytes: Uint8Array },
  asked: AttachedKind,
  signal: AbortSignal,
): Promise<Collected<AttachedBlob>> {
  const parsed = parseManifest(manifest.bytes, manifest.mediaType);
  const layers = layersOf(parsed).filter((layer) => asked.isLayer(layer.mediaType));
  const chosen = layers.slice(0, LIMITS.maxSignatures);
  const { location } = manifest;
  const parts = await mapConcurrently(chosen, async (layer): Promise<Collected<AttachedBlob>> => {
    try {
      const bytes = await source.readBlob(layer, asked.maxBytes, signal);
      return { candidates: [{ location, layer, bytes }], problems: [], isComplete: true };
    } catch (error) {
      return unreadable(asked.kind, location, error);
    }
  });
  return limited(asked.kind, together(parts), layers.length - chosen.length);
}

function layersOf(manifest: ReturnType<typeof parseManifest>): ImageManifest["layers"] {
  return manifest.kind === "image" ? manifest.layers : [];
}

/** What is beyond the limit is said: it might have been the signature that holds. */
function limited(kind: SignatureKind, found: Collected<AttachedBlob>, leftOut: number): Collected<AttachedBlob> {
  const candidates = found.candidates.slice(0, LIMITS.maxSignatures);
  const count = leftOut + found.candidates.length - candidates.length;
  if (count === 0) {
    return found;
  }
  const problem = {
    ...readProblem(kind, "repository", new Error(`${count} more were not looked at`)),
    code: "LIMIT_EXCEEDED" as const,
  };
  return { candidates, problems: [...found.problems, problem], isComplete: false };
}
