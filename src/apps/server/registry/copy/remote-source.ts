// SPDX-License-Identifier: Apache-2.0
import type { RepositoryClient } from "#image-source";
import type { RegistryContent } from "../content/registry-content.ts";
import type { CopySource } from "./copy-source.ts";

/** Bytes go through here, so that whoever is asked for less bandwidth can take its time. */
export type Throttle = (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** A repository of another registry, copied into `repository` of ours. */
export function createRemoteSource(
  client: Pick<RepositoryClient, "readManifest" | "listReferrers" | "openBlob">,
  to: { readonly content: RegistryContent; readonly repository: string },
  throttle: Throttle = (chunks) => chunks,
): CopySource {
  const { content, repository } = to;
  return {
    readManifest: (name, signal) => client.readManifest(name, signal),
    listReferrers: (digest, signal) => client.listReferrers(digest, signal),
    async provideBlob(descriptor, signal) {
      const { digest, size } = descriptor;
      if (await content.hasBlob(repository, digest)) {
        return 0;
      }
      // an answer that nobody reads, since the blob is refused (quota, disk), holds its connection until it is told to end
      const over = new AbortController();
      try {
        const chunks = throttle(await client.openBlob(descriptor, AbortSignal.any([signal, over.signal])));
        await content.putBlob(repository, { digest, sizeBytes: size }, chunks);
      } finally {
        over.abort();
      }
      return size;
    },
  };
}
