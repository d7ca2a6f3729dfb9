// SPDX-License-Identifier: Apache-2.0
import { CodedError, LIMITS } from "#base";
import { type Descriptor, OCI_EMPTY, parseManifest } from "#oci";
import type { ReferrerSource } from "#signatures";
import { mapConcurrently } from "./map-concurrently.ts";

/** cosign writes the type of the empty configuration into the index under the referrers tag. */
function isUntyped({ artifactType }: Descriptor): boolean {
  return artifactType === undefined || artifactType === OCI_EMPTY;
}

/**
 * The descriptors with the artifact type that their manifests have, where the list does not say it: older clients write
 * the index under the referrers tag without. Of at most `LIMITS.maxSignatures`; throws when one cannot be read.
 */
export async function withArtifactTypes(
  source: ReferrerSource,
  referrers: readonly Descriptor[],
  signal: AbortSignal,
): Promise<readonly Descriptor[]> {
  const untyped = referrers.filter(isUntyped);
  if (untyped.length > LIMITS.maxSignatures) {
    throw new CodedError("LIMIT_EXCEEDED", `${untyped.length} attached manifests have no type in the list`);
  }
  const types = new Map(
    await mapConcurrently(
      untyped,
      async ({ digest }) => [digest, await readArtifactType(source, digest, signal)] as const,
    ),
  );
  return referrers.map((each) => {
    const artifactType = types.get(each.digest) ?? each.artifactType;
    return artifactType === undefined ? each : { ...each, artifactType };
  });
}

/** Of a manifest without `artifactType`, the media type of its configuration (image-spec 1.1, "Guidelines for Artifact Usage"). */
async function readArtifactType(
  source: ReferrerSource,
  digest: Descriptor["digest"],
  signal: AbortSignal,
): Promise<string | undefined> {
  const found = await source.readManifest(digest, signal);
  const manifest = found === undefined ? undefined : parseManifest(found.bytes, found.mediaType);
  return manifest?.artifactType ?? (manifest?.kind === "image" ? manifest.config.mediaType : undefined);
}
