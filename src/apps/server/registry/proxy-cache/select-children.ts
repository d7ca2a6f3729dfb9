// SPDX-License-Identifier: Apache-2.0
import { type Descriptor, type ImageIndex, isRunnablePlatform, MANIFEST_MEDIA_TYPES, renderPlatform } from "#oci";

/**
 * The children of an index that are fetched with it: those of the platforms that run here. Another one is fetched when
 * somebody asks for it by digest. Where none fits, all are: the index is judged by them.
 */
export function selectChildren(index: ImageIndex, platforms: readonly string[]): readonly Descriptor[] {
  const manifests = index.manifests.filter(({ mediaType }) => MANIFEST_MEDIA_TYPES.includes(mediaType));
  const runnable = manifests.filter(isRunnablePlatform);
  const fitting = runnable.filter(
    ({ platform }) => platform === undefined || fits(renderPlatform(platform), platforms),
  );
  return fitting.length > 0 ? fitting : runnable.length > 0 ? runnable : index.manifests;
}

/** `linux/arm64/v8` is what a node of `linux/arm64` runs. */
function fits(platform: string, platforms: readonly string[]): boolean {
  return platforms.some(
    (each) => platform === each || platform.startsWith(`${each}/`) || each.startsWith(`${platform}/`),
  );
}
