// SPDX-License-Identifier: Apache-2.0
import type { RegistryStore } from "#database";
import { type ArchiveSource, ImageSourceError } from "#image-source";
import type { RegistryContent } from "../content/registry-content.ts";
import { createOwnSource } from "../copy/own-source.ts";

/** A repository of ours, put into archives. Blobs are verified while they are read. */
export function createStoredSource(
  content: RegistryContent,
  store: Pick<RegistryStore, "findReferrers">,
  repository: string,
): ArchiveSource {
  const own = createOwnSource(content, store, { from: repository, to: repository });
  const never = new AbortController().signal;
  return {
    readManifest: (name, signal = never) => own.readManifest(name, signal),
    listReferrers: (digest, signal = never) => own.listReferrers(digest, signal),
    async copyBlob({ digest, size }, write, signal) {
      await using blob = await content.openBlob(repository, digest);
      if (blob === undefined) {
        throw new ImageSourceError("BLOB_MISSING", `the repository ${repository} does not have ${digest}`);
      }
      if (blob.sizeBytes !== size) {
        throw new ImageSourceError("BLOB_TOO_LONG", `${digest} has ${blob.sizeBytes} bytes, a manifest says ${size}`);
      }
      // more than one block is handed out at a time, and an archive is written one after the other
      let last: Promise<void> = Promise.resolve();
      await blob.copyTo((block) => {
        last = last.then(async () => {
          signal?.throwIfAborted();
          await write(block);
        });
        return last;
      });
    },
  };
}
