// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { type Digest, digestAlgorithm, digestHex, messageOf, parseDigest } from "#base";
import { type BlobStore, openBlobStore } from "#blob-store";
import { DatabaseError } from "#database";
import type { CommandContext } from "../command.ts";
import { createProgressBar } from "../progress-bar.ts";

const MAX_DESCRIPTION_BYTES = 1024 * 1024;
const LINE = /^(sha(?:256|512):[0-9a-f]{64,128}) (\d{1,15})$/;

/** What is needed of `snapshot.json`. */
const descriptionSchema = z.object({
  format: z.literal("haechi-snapshot/1"),
  blobs: z.int().min(0),
  bytes: z.number().int().min(0),
  blobListSha256: z.string(),
  databaseSha256: z.string(),
});

/** Whether the folder is a snapshot of the registry, rather than rows alone. */
export async function isSnapshot(folder: string): Promise<boolean> {
  return await stat(join(folder, "snapshot.json")).then(
    (file) => file.isFile(),
    () => false,
  );
}

/**
 * Copies all blobs of a snapshot into the layout of a data folder, each verified, and made durable. What is there already from a
 * restoration that was interrupted is read again and kept. Throws `BACKUP_INVALID`, `DATABASE_NOT_EMPTY` for a layout that has other blobs.
 */
export async function restoreBlobs(folder: string, layout: string, context: CommandContext): Promise<void> {
  const description = await readDescription(folder);
  await assertDigest(join(folder, "database/backup.json"), description.databaseSha256, folder);
  await assertDigest(join(folder, "blobs.txt"), description.blobListSha256, folder);
  const { default: pino } = await import("pino");
  const store = await openBlobStore({
    folder: layout,
    maxBlobBytes: Number.MAX_SAFE_INTEGER,
    log: pino({ level: "silent" }),
    clock: { now: context.now },
  });
  await assertNothingElse(folder, layout, store);
  const bar = createProgressBar(context.stderr, context.isTerminal);
  let done = 0;
  for await (const { digest, sizeBytes } of listedBlobs(folder)) {
    context.signal.throwIfAborted();
    await restoreBlob(folder, store, { digest, sizeBytes });
    done += sizeBytes;
    bar.update(folder, done, description.bytes);
  }
  bar.clear();
}

async function restoreBlob(
  folder: string,
  store: BlobStore,
  { digest, sizeBytes }: { readonly digest: Digest; readonly sizeBytes: number },
): Promise<void> {
  if ((await store.stat(digest))?.sizeBytes === sizeBytes && (await store.check(digest)) === "whole") {
    return;
  }
  const path = join(folder, "registry/blobs", digestAlgorithm(digest), digestHex(digest));
  const { id } = await store.createUpload("restored");
  try {
    await store.append(id, 0, chunksOf(path));
    await store.commit(id, digest);
  } catch (error) {
    await store.cancel(id);
    throw invalid(folder, `${digest}: ${messageOf(error)}`, error);
  }
}

/** Opened when it is read: a stream that fails before somebody listens would end the process. */
async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  await using file = await open(path);
  yield* file.createReadStream({ autoClose: false }) as AsyncIterable<Uint8Array>;
}

/** A blob that nobody's rows name would stay until it is collected, and most likely is somebody's. */
async function assertNothingElse(folder: string, layout: string, store: BlobStore): Promise<void> {
  const known = new Set<Digest>();
  for await (const { digest } of listedBlobs(folder)) {
    known.add(digest);
  }
  for await (const { digest } of store.list()) {
    if (!known.has(digest)) {
      throw new DatabaseError(
        "DATABASE_NOT_EMPTY",
        `cannot restore ${folder}: ${layout} has blobs that are not of the snapshot; move it away, then try again`,
        { details: { folder, database: layout } },
      );
    }
  }
}

async function* listedBlobs(folder: string): AsyncGenerator<{ readonly digest: Digest; readonly sizeBytes: number }> {
  for await (const line of createInterface({ input: createReadStream(join(folder, "blobs.txt")) })) {
    const [, text = "", size = ""] = LINE.exec(line) ?? [];
    const digest = parseDigest(text);
    if (digest === undefined) {
      throw invalid(folder, "blobs.txt has a line that is none");
    }
    yield { digest, sizeBytes: Number(size) };
  }
}

async function readDescription(folder: string): Promise<z.infer<typeof descriptionSchema>> {
  try {
    const bytes = await readFile(join(folder, "snapshot.json"));
    if (bytes.length > MAX_DESCRIPTION_BYTES) {
      throw new Error("snapshot.json is too large");
    }
    return descriptionSchema.parse(JSON.parse(bytes.toString("utf8")));
  } catch (error) {
    throw invalid(folder, `snapshot.json: ${messageOf(error)}`, error);
  }
}

async function assertDigest(path: string, expected: string, folder: string): Promise<void> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw invalid(folder, messageOf(error), error);
  }
  if (hash.digest("hex") !== expected) {
    throw invalid(folder, `${path} is not what snapshot.json says`);
  }
}

function invalid(folder: string, reason: string, cause?: unknown): DatabaseError {
  return new DatabaseError("BACKUP_INVALID", `cannot restore ${folder}: ${reason}`, {
    cause,
    details: { folder, reason },
  });
}
