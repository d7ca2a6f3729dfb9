// SPDX-License-Identifier: Apache-2.0
import { digestAlgorithm } from "#base";
import { ImageSourceError } from "../errors.ts";
import { type WrittenFile, writeArchiveFile } from "./archive-file.ts";
import { type ArchivePlan, blobPath, type PlannedBlob } from "./plan-archive.ts";
import { TarWriter, type WriteBytes } from "./tar-writer.ts";

/**
 * Writes the archive to a file that appears when it is whole and durable. Every blob is verified on its way; memory does not grow with their
 * size. Throws `ARCHIVE_UNWRITABLE`, `BLOB_MISSING`, `MANIFEST_UNKNOWN`, and what sources throw.
 */
export async function writeImageArchive(
  plan: ArchivePlan,
  path: string,
  options: { readonly signal?: AbortSignal; readonly onBytes?: (bytes: number) => void } = {},
): Promise<WrittenFile> {
  const { signal, onBytes } = options;
  return await writeArchiveFile(path, async (write) => {
    const tar = new TarWriter(write);
    for (const { path: name, bytes } of plan.files) {
      await tar.file(name, bytes.length, (send) => send(bytes));
    }
    await tar.folder("blobs");
    for (const algorithm of new Set(plan.blobs.map(({ descriptor }) => digestAlgorithm(descriptor.digest)))) {
      await tar.folder(`blobs/${algorithm}`);
    }
    for (const blob of plan.blobs) {
      signal?.throwIfAborted();
      await tar.file(blobPath(blob.descriptor.digest), blob.descriptor.size, (send) => copyBlob(blob, send, signal));
      onBytes?.(blob.descriptor.size);
    }
    await tar.end();
  });
}

async function copyBlob(blob: PlannedBlob, write: WriteBytes, signal: AbortSignal | undefined): Promise<void> {
  const { descriptor, isManifest, source } = blob;
  if (!isManifest) {
    await source.copyBlob(descriptor, write, signal);
    return;
  }
  const fetched = await source.readManifest(descriptor.digest, signal);
  if (fetched === undefined) {
    throw new ImageSourceError(
      "MANIFEST_UNKNOWN",
      `${descriptor.digest} was removed while it was written to the archive`,
    );
  }
  await write(fetched.bytes);
}
