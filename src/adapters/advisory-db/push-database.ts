// SPDX-License-Identifier: Apache-2.0
import { createReadStream, createWriteStream, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress } from "node:zlib";
import { type Digest, digestOf } from "#base";
import { type Descriptor, type ImageSource, OCI_MANIFEST } from "#oci";
import { type DatabaseArtifact, readDatabaseArtifact, renderArtifactManifest } from "./artifact-manifest.ts";
import { type ArtifactTarget, type DatabaseLayer, DELTA_TYPE, SHARD_TYPE } from "./artifact-types.ts";
import { AdvisoryDatabaseError } from "./errors.ts";
import { fetchShard } from "./fetch-shard.ts";
import { readIndexBytes } from "./folder-writer.ts";
import { infoOf, parseIndexDocument, type ShardEntry } from "./index-document.ts";
import { openAdvisoryDatabase } from "./open-advisory-database.ts";
import { deltaLines } from "./shard-delta.ts";
import { shardPath } from "./shard-kind.ts";

/** Versions back from which a puller gets to the newest by deltas. */
const MAX_DELTAS = 24;

export interface PushOptions {
  readonly folder: string;
  readonly target: ArtifactTarget;
  /** Tag, or `undefined` to push by digest alone. */
  readonly tag?: string;
  /** The version that the tag names now: its layers are used again, and deltas are made from it. */
  readonly previous?: ImageSource;
  readonly onProgress?: (progress: { readonly step: string; readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** What was pushed. */
export interface PushedDatabase {
  readonly descriptor: Descriptor;
  /** Bytes of the layers that had to be made. */
  readonly uploadedBytes: number;
  readonly deltas: number;
}

/**
 * Puts a database folder into a registry or layout as one artifact: the index as config, each shard as a layer, and deltas from
 * the version before where they are smaller. Shards that the previous version has are named again and not packed.
 */
export async function pushDatabase(options: PushOptions): Promise<PushedDatabase> {
  const { folder, target, signal } = options;
  // reads everything: a damaged database must not be handed on under a good signature
  using database = openAdvisoryDatabase(folder);
  database.verify();
  const indexBytes = readIndexBytes(folder);
  if (indexBytes === undefined) {
    throw new AdvisoryDatabaseError("ADVISORY_DATABASE_MISSING", `there is no advisory database at ${folder}`);
  }
  const index = parseIndexDocument(indexBytes, folder);
  const previous = options.previous === undefined ? undefined : await readPrevious(options.previous, signal);
  const work = await mkdtemp(join(tmpdir(), "haechi-push-"));
  try {
    const layers: DatabaseLayer[] = [];
    const deltas: DatabaseLayer[] = [];
    let uploadedBytes = 0;
    for (const [done, entry] of index.shards.entries()) {
      signal?.throwIfAborted();
      options.onProgress?.({ step: entry.name, done, total: index.shards.length });
      const known = previous?.shards.find((layer) => layer.shard === entry.name && layer.digest === entry.digest);
      const packed =
        known === undefined
          ? await pack(createReadStream(join(folder, shardPath(entry.name, entry.digest))), join(work, "shard"))
          : undefined;
      const layer = known ?? (await pushLayer(target, packed ?? "", { entry, mediaType: SHARD_TYPE }, signal));
      uploadedBytes += known === undefined ? layer.descriptor.size : 0;
      layers.push(layer);
      const before = previous?.shards.find((each) => each.shard === entry.name);
      const older = (previous?.deltas ?? []).filter((each) => each.shard === entry.name).slice(-MAX_DELTAS + 1);
      if (before !== undefined && known === undefined && options.previous !== undefined) {
        const delta = await makeDelta(options.previous, before, { folder, entry, work }, signal);
        const size = delta === undefined ? Number.POSITIVE_INFINITY : statSync(delta).size;
        if (delta !== undefined && size * 2 < layer.descriptor.size) {
          const pushed = await pushLayer(target, delta, { entry, mediaType: DELTA_TYPE, from: before.digest }, signal);
          uploadedBytes += pushed.descriptor.size;
          deltas.push(...older, pushed);
        }
      } else if (known !== undefined) {
        deltas.push(...older);
      }
    }
    const config = await target.pushBlob(indexBytes, signal);
    const used = deltas.filter((delta) => leadsTo(delta, deltas, index.shards));
    const bytes = renderArtifactManifest(config, [...layers, ...used], infoOf(index).date);
    const digest: Digest = digestOf(bytes);
    await target.pushManifest(options.tag ?? digest, OCI_MANIFEST, bytes, signal);
    return {
      descriptor: { mediaType: OCI_MANIFEST, digest, size: bytes.length },
      uploadedBytes,
      deltas: used.length,
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What the tag named may be something else, or of another format: then there is nothing to build on. */
async function readPrevious(
  source: ImageSource,
  signal: AbortSignal | undefined,
): Promise<DatabaseArtifact | undefined> {
  try {
    return await readDatabaseArtifact(source, signal);
  } catch (error) {
    if (error instanceof AdvisoryDatabaseError) {
      return undefined;
    }
    throw error;
  }
}

async function makeDelta(
  previous: ImageSource,
  before: DatabaseLayer,
  { folder, entry, work }: { readonly folder: string; readonly entry: ShardEntry; readonly work: string },
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const old = join(work, "old.sqlite");
  try {
    await fetchShard(previous, before, old, { signal });
    const lines = Readable.from(withNewlines(deltaLines(old, join(folder, shardPath(entry.name, entry.digest)))));
    return await pack(lines, join(work, "delta"));
  } catch (error) {
    if (error instanceof AdvisoryDatabaseError) {
      // the version before cannot be read: whoever has it fetches the whole shard
      return undefined;
    }
    throw error;
  } finally {
    await rm(old, { force: true });
  }
}

function* withNewlines(lines: Iterable<string>): Generator<string> {
  for (const line of lines) {
    yield `${line}\n`;
  }
}

async function pack(content: Readable, path: string): Promise<string> {
  const level = { [constants.ZSTD_c_compressionLevel]: 10 };
  await pipeline(content, createZstdCompress({ params: level, chunkSize: 1 << 20 }), createWriteStream(path));
  return path;
}

async function pushLayer(
  target: ArtifactTarget,
  path: string,
  layer: { readonly entry: ShardEntry; readonly mediaType: string; readonly from?: string },
  signal: AbortSignal | undefined,
): Promise<DatabaseLayer> {
  const { digest, size } = await target.pushBlob(readFileSync(path), signal);
  return {
    descriptor: { mediaType: layer.mediaType, digest, size },
    shard: layer.entry.name,
    digest: layer.entry.digest,
    ...(layer.from === undefined ? {} : { from: layer.from }),
  };
}

/** Whether a chain of deltas goes on from this one to what the index names. */
function leadsTo(delta: DatabaseLayer, all: readonly DatabaseLayer[], shards: readonly ShardEntry[]): boolean {
  let digest: string | undefined = delta.digest;
  for (let step = 0; step <= all.length && digest !== undefined; step += 1) {
    const at: string = digest;
    if (shards.some((entry) => entry.name === delta.shard && entry.digest === at)) {
      return true;
    }
    digest = all.find((each) => each.shard === delta.shard && each.from === at)?.digest;
  }
  return false;
}
