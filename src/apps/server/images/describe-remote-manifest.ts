// SPDX-License-Identifier: Apache-2.0
import type { RemoteImageRecord } from "#database";
import type { FetchedManifest } from "#image-source";
import { isImageConfig, isRunnablePlatform, parseManifest, renderPlatform } from "#oci";
import type { RemoteRepository } from "./remote-images.ts";

const MAX_PLATFORM = 255;

/** What is kept about a manifest. Throws OciError for what is none, or could be read as two things. */
export function describeRemoteManifest(
  { registry, repository }: RemoteRepository,
  fetched: FetchedManifest,
): Omit<RemoteImageRecord, "firstSeenAt" | "lastSeenAt"> {
  const { digest, mediaType, bytes } = fetched;
  const manifest = parseManifest(bytes, mediaType);
  const common = { digest, registry, repository, mediaType };
  if (manifest.kind === "image") {
    return { ...common, kind: isImageConfig(manifest.config.mediaType) ? "image" : "artifact" };
  }
  // As the index says it: runtimes choose by the platforms written there, whatever a child says about itself.
  const children = new Map(
    manifest.manifests.filter(isRunnablePlatform).map((child) => [
      `${child.digest} ${child.platform === undefined ? "" : renderPlatform(child.platform)}`,
      {
        digest: child.digest,
        mediaType: child.mediaType.slice(0, MAX_PLATFORM),
        ...(child.platform === undefined ? {} : { platform: renderPlatform(child.platform).slice(0, MAX_PLATFORM) }),
      },
    ]),
  );
  return { ...common, kind: "index", children: [...children.values()] };
}
