// SPDX-License-Identifier: Apache-2.0
import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, digestAlgorithm, digestHex, isDigest } from "#base";
import type { StoredBlob } from "./blob-store.ts";
import { isMissing } from "./durable-file.ts";

/** Names that are held at once: the folder is read again for as many more, however many files it has. */
const NAMES_AT_ONCE = 50_000;

/** Every blob below `blobs/` after the digest, in ASCII order; files with other names are none. What goes away meanwhile is skipped. */
export async function* listBlobFiles(
  folder: string,
  after: Digest | undefined,
  namesAtOnce: number = NAMES_AT_ONCE,
): AsyncGenerator<StoredBlob> {
  for (const algorithm of ["sha256", "sha512"] as const) {
    if (after !== undefined && algorithm < digestAlgorithm(after)) {
      continue;
    }
    let last = after !== undefined && algorithm === digestAlgorithm(after) ? digestHex(after) : "";
    for (;;) {
      const names = await firstNames(join(folder, algorithm), { after: last, count: namesAtOnce });
      for (const name of names) {
        const digest = `${algorithm}:${name}`;
        const found = isDigest(digest) ? await statBlob(join(folder, algorithm, name), digest) : undefined;
        if (found !== undefined) {
          yield found;
        }
      }
      if (names.length < namesAtOnce) {
        break;
      }
      last = names.at(-1) ?? "";
    }
  }
}

/** The first names after one, sorted; a file system says them in an order of its own. */
async function firstNames(
  folder: string,
  { after, count }: { readonly after: string; readonly count: number },
): Promise<readonly string[]> {
  let names: string[] = [];
  function cut(): void {
    names = names.toSorted().slice(0, count);
  }
  for await (const { name } of await opendir(folder, { bufferSize: 256 })) {
    if (name > after) {
      names.push(name);
      if (names.length >= 2 * count) {
        cut();
      }
    }
  }
  cut();
  return names;
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
