// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { type Descriptor, OCI_INDEX } from "#oci";
import { ImageSourceError } from "../errors.ts";
import { mergeDescriptors } from "../merge-descriptors.ts";
import { referrersTag } from "../referrers-tag.ts";
import type { RepositoryClient } from "../repository-client.ts";
import { readTagIndex } from "./list-referrers.ts";
import type { RegistryClient } from "./registry-client.ts";

const MAX_ATTEMPTS = 3;

/**
 * Adds the descriptor to the index under the referrers tag (distribution-spec 1.1, "Referrers Tag Schema"). Registries
 * without the API have no conditional requests either, so another client's write in between can take ours away: it is
 * read again, and added again when it is missing.
 */
export async function updateReferrersTag(options: {
  readonly client: RegistryClient;
  readonly pushManifest: RepositoryClient["pushManifest"];
  readonly subject: Digest;
  readonly descriptor: Descriptor;
  readonly signal: AbortSignal | undefined;
}): Promise<void> {
  const { client, pushManifest, subject, descriptor, signal } = options;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const present = await readTagIndex(client, subject, signal);
    if (present.some((each) => each.digest === descriptor.digest)) {
      return;
    }
    await pushManifest(referrersTag(subject), OCI_INDEX, renderIndex([...present, descriptor]), signal);
  }
  const written = await readTagIndex(client, subject, signal);
  if (!written.some((each) => each.digest === descriptor.digest)) {
    throw new ImageSourceError(
      "REGISTRY_FAILED",
      `the index ${referrersTag(subject)} is overwritten by another client`,
    );
  }
}

function renderIndex(descriptors: readonly Descriptor[]): Uint8Array {
  const manifests = mergeDescriptors([descriptors]).map(({ mediaType, digest, size, artifactType, annotations }) => ({
    mediaType,
    digest,
    size,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  }));
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
}
