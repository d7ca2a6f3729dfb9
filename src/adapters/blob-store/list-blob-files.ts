// SPDX-License-Identifier: Apache-2.0
import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, isDigest } from "#base";
import type { StoredBlob } from "./blob-store.ts";
import { isMissing } from "./durable-file.ts";

/** Every blob below `blobs/`, in no order; files with other names are none. What goes away meanwhile is skipped. */
export async function* listBlobFiles(folder: string): AsyncGenerator<StoredBlob> {
  for (const algorithm of ["sha256", "sha512"]) {
    const blobs = join(folder, algorithm);
    for await (const entry of await opendir(blobs, { bufferSize: 256 })) {
      const digest = `${algorithm}:${entry.name}`;
      if (isDigest(digest)) {
        const found = await statBlob(join(blobs, entry.name), digest);
        if (found !== undefined) {
          yield found;
        }
      }
    }
  }
}

async function statBlob(path: string, digest: Digest): Promise<StoredBlob | undefined> {
  try {
    const file = await stat(path);
    // of the name, not of the content: a rename changes it
    return { digest, sizeBytes: file.size, storedAt: file.ctime };
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
}
