// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { type Descriptor, MANIFEST_MEDIA_TYPES, parseManifest } from "#oci";
import { ImageSourceError } from "../errors.ts";
import type { FetchedManifest } from "../registry/fetched-manifest.ts";
import type { ArchivedImage } from "./archived-image.ts";

const MAX_DEPTH = 4;
const MAX_MANIFESTS = 20_000;
const NON_DISTRIBUTABLE = /nondistributable|\.foreign\./;

/** A manifest and the blobs that it needs. */
export interface ArchivedManifest {
  readonly manifest: FetchedManifest;
  readonly blobs: readonly Descriptor[];
}

/**
 * Looks through everything that the manifest leads to, children before their index, before anything of it is used. Throws `BLOB_MISSING`,
 * `MANIFEST_UNKNOWN`, `LIMIT_EXCEEDED`, and errors of `#oci`.
 */
export async function* walkArchivedImage(
  image: Pick<ArchivedImage, "readManifest" | "openBlob">,
  root: FetchedManifest,
  signal?: AbortSignal,
): AsyncGenerator<ArchivedManifest> {
  let seen = 0;
  async function* walk(fetched: FetchedManifest, depth: number): AsyncGenerator<ArchivedManifest> {
    signal?.throwIfAborted();
    seen += 1;
    if (depth > MAX_DEPTH || seen > MAX_MANIFESTS) {
      throw new ImageSourceError("LIMIT_EXCEEDED", "the image has more manifests, or deeper ones, than are taken");
    }
    const manifest = parseManifest(fetched.bytes, fetched.mediaType);
    const blobs: Descriptor[] = [];
    for (const part of manifest.kind === "index" ? manifest.manifests : [manifest.config, ...manifest.layers]) {
      if (manifest.kind === "index" && MANIFEST_MEDIA_TYPES.includes(part.mediaType)) {
        yield* walk(await readChild(part), depth + 1);
      } else if (await isThere(part)) {
        blobs.push(part);
      }
    }
    yield { manifest: fetched, blobs };
  }
  async function readChild({ digest }: Descriptor): Promise<FetchedManifest> {
    const child = await image.readManifest(digest, signal);
    if (child === undefined) {
      throw new ImageSourceError("MANIFEST_UNKNOWN", `the archive lacks ${digest}, which an index of it lists`);
    }
    return child;
  }
  async function isThere(blob: Descriptor): Promise<boolean> {
    if (blob.size > LIMITS.maxLayerBytes) {
      throw new ImageSourceError("LIMIT_EXCEEDED", `${blob.digest} is larger than any layer may be`);
    }
    try {
      await image.openBlob(blob, signal);
      return true;
    } catch (error) {
      const isMissing = error instanceof ImageSourceError && error.code === "BLOB_MISSING";
      if (isMissing && NON_DISTRIBUTABLE.test(blob.mediaType)) {
        return false;
      }
      throw error;
    }
  }
  yield* walk(root, 0);
}
