// SPDX-License-Identifier: Apache-2.0
import { realpathSync, statSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Digest, digestOf } from "#base";
import { type FileVisitor, type ImageSource, OCI_CONFIG, OCI_MANIFEST, ROOT_FILESYSTEM } from "#oci";
import { ImageSourceError } from "../errors.ts";
import { type FolderEntry, listFolder, unreadable } from "./list-folder.ts";
import { openFolderFile } from "./read-folder-file.ts";

/** As many bytes as `FileVisitor.accepts` is shown. */
const HEAD_BYTES = 512;

/** Files between two looks at whether the scan was stopped. */
const FILES_PER_TURN = 256;

/**
 * The root of a file system as an image of one layer, which is no blob: `readFiles` shows its files. Symbolic links are
 * entries and lead nowhere but within it. Throws `SOURCE_NOT_FOUND` or `SOURCE_UNREADABLE`.
 */
export async function openRootFolder(
  folder: string,
  options: { readonly location: string; readonly signal?: AbortSignal | undefined },
): Promise<ImageSource> {
  const root = findRoot(folder);
  const listing = await listFolder(root, { signal: options.signal });
  const layer = { mediaType: ROOT_FILESYSTEM, digest: listing.digest, size: listing.totalBytes };
  const configBytes = Buffer.from(
    JSON.stringify({ os: "linux", architecture: "unknown", rootfs: { type: "layers", diff_ids: [listing.digest] } }),
  );
  const config = { mediaType: OCI_CONFIG, digest: digestOf(configBytes), size: configBytes.length };
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] }));
  return {
    location: options.location,
    root: { mediaType: OCI_MANIFEST, digest: digestOf(bytes), bytes },
    readManifest: (descriptor) => Promise.reject(missing(descriptor.digest)),
    openBlob: (descriptor) =>
      descriptor.digest === config.digest
        ? Promise.resolve(once(configBytes))
        : Promise.reject(missing(descriptor.digest)),
    async readFiles(_, visitor, signal) {
      for (const problem of listing.problems) {
        visitor.onProblem?.(problem);
      }
      for (const [index, entry] of listing.entries.entries()) {
        if (index % FILES_PER_TURN === 0) {
          await nextTurn();
          signal?.throwIfAborted();
        }
        visitor.onEntry?.(entry);
        if (entry.kind === "file") {
          readEntry(root, entry, visitor);
        }
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function findRoot(folder: string): string {
  try {
    const root = realpathSync(folder);
    if (statSync(root).isDirectory()) {
      return root === "/" ? "" : root;
    }
  } catch (error) {
    throw new ImageSourceError("SOURCE_NOT_FOUND", `no such folder: ${folder}`, { cause: error });
  }
  throw new ImageSourceError("SOURCE_NOT_FOUND", `not a folder: ${folder}`);
}

function readEntry(root: string, entry: FolderEntry, visitor: FileVisitor): void {
  const answer = visitor.select(entry);
  if (answer === false) {
    return;
  }
  let bytes: Uint8Array | undefined;
  try {
    using file = openFolderFile(root, entry);
    if (answer === true || visitor.accepts?.(entry, readUpTo(file, HEAD_BYTES)) === true) {
      // A file that grew since it was listed is read as far as the visitor was told, and agreed to.
      bytes = readUpTo(file, entry.size);
    }
  } catch (error) {
    visitor.onProblem?.(unreadable(entry.path, error));
    return;
  }
  if (bytes !== undefined) {
    visitor.onFile(entry, bytes);
  }
}

function readUpTo(file: ReturnType<typeof openFolderFile>, maxBytes: number): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(Math.min(file.size, maxBytes));
  let filled = 0;
  while (filled < bytes.length) {
    const read = file.read(bytes.subarray(filled), filled);
    if (read === 0) {
      break;
    }
    filled += read;
  }
  return bytes.subarray(0, filled);
}

function missing(digest: Digest): ImageSourceError {
  return new ImageSourceError("BLOB_MISSING", `a folder has no blob ${digest}`, { details: { digest } });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield await Promise.resolve(bytes);
}
