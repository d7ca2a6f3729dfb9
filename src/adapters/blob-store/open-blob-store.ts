// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { type Clock, type Digest, messageOf } from "#base";
import type { BlobStore } from "./blob-store.ts";
import { DiskBlobStore } from "./disk-blob-store.ts";
import { isMissing, publishFile, syncFolder, writeSynced } from "./durable-file.ts";
import { BlobStoreError, toBlobStoreError } from "./errors.ts";
import { HALF_MADE_MS, removeDeadUploads, removeOldFiles } from "./upload-folder.ts";
import { onlyOwner, type UploadOwner } from "./upload-owner.ts";

const LAYOUT_VERSION = "1.0.0";
const DEFAULT_UPLOAD_MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000;

/** How to open the blob store of this machine. */
export interface OpenBlobStoreOptions {
  /** Made when it is missing. */
  readonly folder: string;
  readonly maxBlobBytes: number;
  readonly log: Logger;
  readonly clock: Clock;
  /** This process among those that share the folder; default: it is the only one. */
  readonly owner?: UploadOwner;
  /** Uploads that nobody wrote to for longer are removed at open; default 7 days. */
  readonly uploadMaxAgeMs?: number;
  /** A stored blob turned out to be damaged, once until it is stored again. */
  readonly onDamage?: (digest: Digest) => void;
  /** The blob is stored anew, was checked well, or is gone by `remove`. Told of every blob. */
  readonly onWhole?: (digest: Digest) => void;
  /** What was found damaged earlier: shown as missing until it is stored anew or checked well; not told again. */
  readonly damaged?: readonly Digest[];
}

/**
 * Opens the OCI image layout in the folder (made when missing) and removes what crashes left behind, once it is too old to be
 * another process's work. What is there is served from a disk that takes no writes, too. Throws `LAYOUT_UNSUPPORTED` for a layout of another version,
 * `DISK_FULL` when there is no room for a new one.
 */
export async function openBlobStore(options: OpenBlobStoreOptions): Promise<BlobStore> {
  const { folder, log, clock, maxBlobBytes, onDamage, onWhole, damaged, owner = onlyOwner() } = options;
  try {
    await prepareLayout(options);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EROFS")) {
      throw toBlobStoreError(error);
    }
    log.error(
      { folder, problem: messageOf(error) },
      "the storage of blobs is read-only: pulls go on, pushes are refused",
    );
  }
  await assertLayout(folder);
  return new DiskBlobStore({ folder, maxBlobBytes, log, clock, onDamage, onWhole, damaged, owner });
}

async function prepareLayout({ folder, log, clock, uploadMaxAgeMs }: OpenBlobStoreOptions): Promise<void> {
  const temporary = join(folder, "tmp");
  const uploads = join(folder, "uploads");
  for (const each of [temporary, uploads, join(folder, "blobs/sha256"), join(folder, "blobs/sha512")]) {
    await mkdir(each, { recursive: true, mode: 0o700 });
  }
  await writeLayoutFile(folder, "oci-layout", JSON.stringify({ imageLayoutVersion: LAYOUT_VERSION }));
  // Which manifests exist is kept in the database; the layout wants the file nonetheless.
  await writeLayoutFile(folder, "index.json", JSON.stringify({ schemaVersion: 2, manifests: [] }));
  await syncFolder(join(folder, "blobs"));
  const now = clock.now().getTime();
  const oldest = new Date(now - (uploadMaxAgeMs ?? DEFAULT_UPLOAD_MAX_AGE_MS));
  const halfMade = new Date(now - HALF_MADE_MS);
  await assertWritable(temporary);
  await removeOldFiles(temporary, halfMade);
  const removed = await removeDeadUploads(uploads, { oldest, halfMade });
  if (removed > 0) {
    log.info({ removed }, "removed uploads that were abandoned or left by a crash");
  }
}

/** Said at start, not with the first push. A disk that is full now may have room later. */
async function assertWritable(folder: string): Promise<void> {
  const probe = join(folder, randomUUID());
  try {
    await mkdir(probe);
    await rmdir(probe);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT"))) {
      throw error;
    }
  }
}

async function writeLayoutFile(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name);
  try {
    await readFile(path);
  } catch (error) {
    if (!isMissing(error)) {
      throw error;
    }
    const temporary = join(folder, "tmp", randomUUID());
    await writeSynced(temporary, Buffer.from(text));
    await publishFile(temporary, path);
  }
}

async function assertLayout(folder: string): Promise<void> {
  const text = await readFile(join(folder, "oci-layout"), "utf8");
  let version: unknown;
  try {
    version = (JSON.parse(text) as { imageLayoutVersion?: unknown } | null)?.imageLayoutVersion;
  } catch {
    version = undefined;
  }
  if (version !== LAYOUT_VERSION) {
    throw new BlobStoreError(
      "LAYOUT_UNSUPPORTED",
      `${folder} is not an OCI image layout of version ${LAYOUT_VERSION}`,
      {
        details: { version: typeof version === "string" ? version : "unknown" },
      },
    );
  }
}
