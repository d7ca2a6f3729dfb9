// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { RegistryStore } from "#database";
import { ImageSourceError } from "#image-source";
import type { Descriptor } from "#oci";
import type { RegistryContent } from "../content/registry-content.ts";
import type { CopySource } from "./copy-source.ts";

/** A repository of ours, copied into another of ours: blobs are linked, no byte is sent. */
export function createOwnSource(
  content: RegistryContent,
  store: Pick<RegistryStore, "findReferrers">,
  place: { readonly from: string; readonly to: string },
): CopySource {
  const { from, to } = place;
  return {
    async readManifest(name) {
      const record = await content.findManifest(from, name);
      return record === undefined
        ? undefined
        : {
            mediaType: record.mediaType,
            digest: record.digest,
            bytes: await content.readManifest(record.digest),
          };
    },
    async listReferrers(digest: Digest): Promise<readonly Descriptor[]> {
      const records = await store.findReferrers(from, digest);
      return records.map((record) => ({
        mediaType: record.mediaType,
        digest: record.digest,
        size: record.sizeBytes,
        ...(record.artifactType === undefined ? {} : { artifactType: record.artifactType }),
      }));
    },
    async provideBlob({ digest }) {
      if (!(await content.hasBlob(to, digest)) && !(await content.linkBlob(to, from, digest))) {
        throw new ImageSourceError("BLOB_MISSING", `the repository ${from} does not have ${digest}, or not whole`);
      }
      return 0;
    },
  };
}
