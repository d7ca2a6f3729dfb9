// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Descriptor } from "#oci";
import type { FetchedManifest } from "../registry/fetched-manifest.ts";
import type { RepositoryClient } from "../repository-client.ts";
import type { WriteBytes } from "./tar-writer.ts";

/** One repository that images are put into an archive from. */
export interface ArchiveSource {
  /** By tag or digest, its digest verified; `undefined`: there is none. */
  readManifest(name: string, signal?: AbortSignal): Promise<FetchedManifest | undefined>;
  listReferrers(digest: Digest, signal?: AbortSignal): Promise<readonly Descriptor[]>;
  /** Hands over the whole blob; throws before its end when it is not what the descriptor says. */
  copyBlob(descriptor: Descriptor, write: WriteBytes, signal?: AbortSignal): Promise<void>;
}

/** A repository of a registry, as the source of an archive. */
export function sourceOfRepository(
  client: Pick<RepositoryClient, "readManifest" | "listReferrers" | "openBlob">,
): ArchiveSource {
  return {
    readManifest: (name, signal) => client.readManifest(name, signal),
    listReferrers: (digest, signal) => client.listReferrers(digest, signal),
    async copyBlob(descriptor, write, signal) {
      for await (const chunk of await client.openBlob(descriptor, signal)) {
        await write(chunk);
      }
    },
  };
}
