// SPDX-License-Identifier: Apache-2.0
import { CodedError, type Limits, messageOf } from "#base";
import {
  type Descriptor,
  type ImageSource,
  isRunnablePlatform,
  isSamePlatform,
  type Manifest,
  type Platform,
  parseManifest,
  renderPlatform,
} from "#oci";
import type { Problem } from "#packages";
import { ScanError } from "./errors.ts";
import type { SelectedImage } from "./scan-manifest.ts";

/** A child of an index that cannot be read: it is reported as failed, not left out. */
export interface UnreadableImage {
  readonly descriptor: Descriptor;
  readonly problem: Problem;
}

/** Indexes in indexes are allowed; nobody needs more of them than this. */
const MAX_INDEX_DEPTH = 4;

/**
 * The images that a manifest or index stands for, in the order of the index, each once. With a platform, children that
 * name another one are left out. Throws `PLATFORM_NOT_FOUND`, `INDEX_TOO_DEEP`, and errors of `#oci` about the root.
 */
export async function selectImages(
  source: ImageSource,
  root: { readonly manifest: Manifest; readonly digest: SelectedImage["digest"] },
  options: { readonly platform?: Platform | undefined; readonly limits: Limits },
): Promise<readonly (SelectedImage | UnreadableImage)[]> {
  const selected = new Map<string, SelectedImage | UnreadableImage>();
  async function add(manifest: Manifest, digest: SelectedImage["digest"], depth: number): Promise<void> {
    if (manifest.kind === "image") {
      selected.set(digest, { digest, manifest });
      return;
    }
    if (depth > MAX_INDEX_DEPTH) {
      throw new ScanError("INDEX_TOO_DEEP", `indexes are nested deeper than ${MAX_INDEX_DEPTH}`);
    }
    for (const descriptor of manifest.manifests) {
      if (selected.has(descriptor.digest) || !isAskedFor(descriptor, options.platform)) {
        continue;
      }
      if (selected.size >= options.limits.maxDescriptors) {
        throw new ScanError("INDEX_TOO_DEEP", `index stands for more than ${options.limits.maxDescriptors} images`);
      }
      const child = await readChild(source, descriptor, options.limits);
      if ("problem" in child) {
        selected.set(descriptor.digest, child);
      } else {
        await add(child.manifest, descriptor.digest, depth + 1);
      }
    }
  }
  await add(root.manifest, root.digest, 0);
  if (selected.size === 0) {
    const wanted = options.platform === undefined ? "that can run" : `for ${renderPlatform(options.platform)}`;
    throw new ScanError("PLATFORM_NOT_FOUND", `the index has no image ${wanted}`, {
      details: { platforms: platformsOf(root.manifest) },
    });
  }
  return [...selected.values()];
}

function isAskedFor(descriptor: Descriptor, wanted: Platform | undefined): boolean {
  return (
    isRunnablePlatform(descriptor) &&
    (wanted === undefined || descriptor.platform === undefined || isSamePlatform(descriptor.platform, wanted))
  );
}

async function readChild(
  source: ImageSource,
  descriptor: Descriptor,
  limits: Limits,
): Promise<{ readonly manifest: Manifest } | UnreadableImage> {
  try {
    return { manifest: parseManifest(await source.readManifest(descriptor), descriptor.mediaType, limits) };
  } catch (error) {
    if (error instanceof CodedError) {
      return { descriptor, problem: { code: "MANIFEST_UNREADABLE", message: messageOf(error) } };
    }
    throw error;
  }
}

function platformsOf(manifest: Manifest): readonly string[] {
  const descriptors = manifest.kind === "index" ? manifest.manifests : [];
  return descriptors.flatMap(({ platform }) => (platform === undefined ? [] : [renderPlatform(platform)])).slice(0, 50);
}
