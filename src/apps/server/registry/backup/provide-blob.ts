// SPDX-License-Identifier: Apache-2.0
import { link, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, digestAlgorithm, digestHex } from "#base";
import { type BlobStore, BlobStoreError } from "#blob-store";
import { codeOf } from "./backup-folder.ts";

/** How a blob came into a snapshot. */
export type ProvidedBlob = "there" | "linked" | "copied";

/** Another file system, or one without hard links, or too many of them. */
const NO_LINK: readonly string[] = ["EXDEV", "EPERM", "ENOTSUP", "EOPNOTSUPP", "EMLINK", "ENOSYS", "EACCES"];

/**
 * Puts a blob of the store into `target` (an OCI layout): as a hard link to the store, else to the snapshot before, else as a verified and
 * fsynced copy. Files of the store are never written again, so a link stays what it is. `undefined`: missing or damaged.
 */
export async function provideBlob(
  blobs: Pick<BlobStore, "stat" | "open" | "pathOf">,
  { digest, sizeBytes }: { readonly digest: Digest; readonly sizeBytes: number },
  to: { readonly target: string; readonly previous: string | undefined; readonly signal: AbortSignal },
): Promise<ProvidedBlob | undefined> {
  const name = join("blobs", digestAlgorithm(digest), digestHex(digest));
  const path = join(to.target, name);
  if (await hasSize(path, sizeBytes)) {
    return "there";
  }
  await rm(path, { force: true });
  if ((await blobs.stat(digest))?.sizeBytes !== sizeBytes) {
    return undefined;
  }
  const before = to.previous === undefined ? undefined : join(to.previous, name);
  for (const from of [blobs.pathOf(digest), ...(before === undefined ? [] : [before])]) {
    if (from !== before || (await hasSize(from, sizeBytes))) {
      if (await tryLink(from, path)) {
        return "linked";
      }
    }
  }
  return (await copy(blobs, digest, { path, signal: to.signal })) ? "copied" : undefined;
}

async function tryLink(from: string, path: string): Promise<boolean> {
  try {
    await link(from, path);
    return true;
  } catch (error) {
    if (NO_LINK.includes(codeOf(error))) {
      return false;
    }
    throw error;
  }
}

async function copy(
  blobs: Pick<BlobStore, "open">,
  digest: Digest,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<boolean> {
  const unfinished = `${path}.part`;
  await using blob = await blobs.open(digest);
  if (blob === undefined) {
    return false;
  }
  const handle = await open(unfinished, "w", 0o600);
  try {
    let last: Promise<void> = Promise.resolve();
    await blob.copyTo((block) => {
      last = last.then(async () => {
        signal.throwIfAborted();
        for (let rest = block; rest.length > 0; ) {
          const { bytesWritten } = await handle.write(rest, 0, rest.length);
          rest = rest.subarray(bytesWritten);
        }
      });
      return last;
    });
    await handle.sync();
  } catch (error) {
    if (error instanceof BlobStoreError && error.code === "BLOB_CORRUPT") {
      await rm(unfinished, { force: true });
      return false;
    }
    throw error;
  } finally {
    await handle.close();
  }
  await rename(unfinished, path);
  return true;
}

async function hasSize(path: string, sizeBytes: number): Promise<boolean> {
  return await stat(path).then(
    (file) => file.isFile() && file.size === sizeBytes,
    () => false,
  );
}
