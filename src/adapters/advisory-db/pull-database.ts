// SPDX-License-Identifier: Apache-2.0
import { join, resolve } from "node:path";
import type { AdvisoryDatabaseInfo } from "#advisories";
import { type Digest, LIMITS } from "#base";
import type { ImageSource } from "#oci";
import { type DatabaseArtifact, readDatabaseArtifact } from "./artifact-manifest.ts";
import type { DatabaseLayer } from "./artifact-types.ts";
import { AdvisoryDatabaseError } from "./errors.ts";
import { fetchFailure, fetchShard, inflateLayer, type TransportLimits } from "./fetch-shard.ts";
import { assertWritableTarget, FolderWriter, type WrittenShard } from "./folder-writer.ts";
import { type IndexDocument, infoOf, type ShardEntry } from "./index-document.ts";
import { type DatabaseTrust, judgeTrust } from "./judge-trust.ts";
import { openAdvisoryDatabase } from "./open-advisory-database.ts";
import { readIndexDocument } from "./read-index-document.ts";
import { applyDelta, copyWithSources } from "./shard-delta.ts";
import { shardPath } from "./shard-kind.ts";
import { readLines } from "./sources/read-json-lines.ts";
import { syncFile } from "./sync-path.ts";

export interface PullOptions {
  readonly source: ImageSource;
  readonly trust: DatabaseTrust;
  /** The database folder: created, or replaced at once when everything is there and verified. */
  readonly into: string;
  readonly now: Date;
  readonly onProgress?: (progress: { readonly step: string; readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
  readonly limits?: TransportLimits;
}

/** How far the clocks of those who date data may be ahead. */
const MAX_SKEW_MS = 86_400_000;

/** What a pull did. */
export interface PulledDatabase {
  readonly file: string;
  readonly info: AdvisoryDatabaseInfo;
  readonly manifest: Digest;
  /** False when the database in use was this one already. */
  readonly isNew: boolean;
  /** Compressed bytes that were fetched, besides manifest and index. */
  readonly fetchedBytes: number;
  /** Shards that were there already, that were made by deltas, and that were fetched whole. */
  readonly shards: { readonly kept: number; readonly byDelta: number; readonly whole: number };
  readonly trustedBy: "digest" | "signature";
  readonly signers: readonly string[];
}

/**
 * Fetches a database into a folder. Refuses (`ADVISORY_DATABASE_UNTRUSTED`) what is neither signed by whom `trust` names nor
 * pinned by digest, and (`ADVISORY_DATABASE_OLDER_DATA`) data that is older than what is in use unless pinned. Every shard is
 * verified against the index before anything is replaced; after any error the old database is in use unchanged.
 */
export async function pullDatabase(options: PullOptions): Promise<PulledDatabase> {
  const { source, signal, limits = LIMITS } = options;
  const file = resolve(options.into);
  assertWritableTarget(file);
  const trusted = await judgeTrust(source, options.trust, { now: options.now, signal });
  const artifact = await readDatabaseArtifact(source, signal, limits);
  const old = usableIndex(file);
  if (trusted.trustedBy === "signature") {
    assertNotOlder(artifact, old, { location: source.location, now: options.now });
  }
  const base = { file, info: infoOf(artifact.index), manifest: artifact.manifest, ...trusted };
  if (old !== undefined && JSON.stringify(old.document) === JSON.stringify(artifact.index)) {
    return {
      ...base,
      isNew: false,
      fetchedBytes: 0,
      shards: { kept: old.document.shards.length, byDelta: 0, whole: 0 },
    };
  }
  using folder = new FolderWriter(file);
  const written: WrittenShard[] = [];
  const kept: ShardEntry[] = [];
  const counts = { kept: 0, byDelta: 0, whole: 0 };
  let fetchedBytes = 0;
  for (const [done, entry] of artifact.index.shards.entries()) {
    options.onProgress?.({ step: entry.name, done, total: artifact.index.shards.length });
    const before = old?.document.shards.find((each) => each.name === entry.name);
    const oldPath = before === undefined ? undefined : join(file, shardPath(before.name, before.digest));
    if (before !== undefined && oldPath !== undefined && before.digest === entry.digest) {
      counts.kept += 1;
      if (JSON.stringify(before.sources) === JSON.stringify(entry.sources)) {
        kept.push(entry);
      } else {
        const path = folder.temporaryPath(entry.name);
        await copyWithSources(oldPath, path, entry);
        await syncFile(path);
        written.push({ entry, path });
      }
      continue;
    }
    const whole = artifact.shards.find((layer) => layer.shard === entry.name && layer.digest === entry.digest);
    const chain = before === undefined ? undefined : shortestChain(artifact.deltas, before, entry);
    const made =
      chain !== undefined &&
      oldPath !== undefined &&
      sizeOf(chain) < (whole?.descriptor.size ?? Number.POSITIVE_INFINITY)
        ? await byDelta({ source, folder, chain, oldPath, entry, signal, limits })
        : undefined;
    if (made !== undefined && chain !== undefined) {
      counts.byDelta += 1;
      fetchedBytes += sizeOf(chain);
      written.push({ entry, path: made });
      continue;
    }
    if (whole === undefined) {
      throw new AdvisoryDatabaseError(
        "ADVISORY_SOURCE_MALFORMED",
        `${source.location} names the shard ${entry.name}, which it does not have; the database in use is unchanged`,
      );
    }
    const path = folder.temporaryPath(entry.name);
    await fetchShard(source, whole, path, { signal, limits });
    counts.whole += 1;
    fetchedBytes += whole.descriptor.size;
    written.push({ entry, path });
  }
  const info = folder.install({
    written,
    kept,
    isBundled: artifact.index.isBundled,
    bytes: artifact.indexBytes,
    origin: { location: source.location, manifest: artifact.manifest, ...trusted },
  });
  return { ...base, info, isNew: true, fetchedBytes, shards: counts };
}

/** What is in use, if it is in order: from a damaged database nothing is kept. */
function usableIndex(
  file: string,
): { readonly document: NonNullable<ReturnType<typeof readIndexDocument>> } | undefined {
  try {
    const document = readIndexDocument(file);
    if (document === undefined) {
      return undefined;
    }
    openAdvisoryDatabase(file)[Symbol.dispose]();
    return { document };
  } catch (error) {
    if (error instanceof AdvisoryDatabaseError && error.code !== "ADVISORY_DATABASE_NEWER") {
      return undefined;
    }
    throw error;
  }
}

/** An old database under a good signature would take back advisories: whoever controls a mirror must not be able to. */
function assertNotOlder(
  artifact: DatabaseArtifact,
  old: ReturnType<typeof usableIndex>,
  { location, now }: { readonly location: string; readonly now: Date },
): void {
  if (old === undefined || old.document.isBundled) {
    return;
  }
  const [offered, inUse] = [dateOf(artifact.index, now), dateOf(old.document, now)];
  if (offered < inUse) {
    throw new AdvisoryDatabaseError(
      "ADVISORY_DATABASE_OLDER_DATA",
      `${location} has data of ${offered}, older than those of ${inUse} in use; nothing was changed. To go back on purpose, name it by its digest: @${artifact.manifest}`,
    );
  }
}

/**
 * The newest time of the data that has come already. One record dated to a year to come would make every later database an old
 * one, and hide which of two is.
 */
function dateOf({ shards }: IndexDocument, now: Date): string {
  const latest = new Date(now.getTime() + MAX_SKEW_MS).toISOString();
  const times = shards.flatMap(({ newest, sources }) => [newest, ...sources.map((each) => each.newest)]);
  return times.filter((time) => time <= latest).reduce((newest, time) => (time > newest ? time : newest), "");
}

function sizeOf(chain: readonly DatabaseLayer[]): number {
  return chain.reduce((sum, layer) => sum + layer.descriptor.size, 0);
}

/** The deltas that lead from one version of a shard to another; `undefined` when there are none. */
function shortestChain(
  deltas: readonly DatabaseLayer[],
  from: Pick<ShardEntry, "name" | "digest">,
  to: Pick<ShardEntry, "digest">,
): readonly DatabaseLayer[] | undefined {
  const chain: DatabaseLayer[] = [];
  let at: string = from.digest;
  while (at !== to.digest) {
    const here = at;
    const next = deltas.find((each) => each.shard === from.name && each.from === here && !chain.includes(each));
    if (next === undefined) {
      return undefined;
    }
    chain.push(next);
    at = next.digest;
  }
  return chain;
}

/** The file of the shard, or `undefined` when the deltas do not lead there: then it is fetched whole. */
async function byDelta(work: {
  readonly source: ImageSource;
  readonly folder: FolderWriter;
  readonly chain: readonly DatabaseLayer[];
  readonly oldPath: string;
  readonly entry: ShardEntry;
  readonly signal: AbortSignal | undefined;
  readonly limits: TransportLimits;
}): Promise<string | undefined> {
  const { source, folder, chain, oldPath, entry, signal, limits } = work;
  const path = folder.temporaryPath(entry.name);
  try {
    await applyDelta(oldPath, path, linesOf(source, chain, signal, limits), entry);
    await syncFile(path);
    return path;
  } catch (error) {
    const failure = fetchFailure(error, { shard: entry.name }, signal);
    if (failure instanceof AdvisoryDatabaseError && failure.code !== "ADVISORY_SOURCE_MALFORMED") {
      throw failure;
    }
    return undefined;
  }
}

async function* linesOf(
  source: ImageSource,
  chain: readonly DatabaseLayer[],
  signal: AbortSignal | undefined,
  limits: TransportLimits,
): AsyncGenerator<string> {
  for (const layer of chain) {
    const bytes = inflateLayer(source, layer, limits.maxAdvisoryDeltaBytes, signal);
    for await (const record of readLines(bytes, layer.shard, LIMITS.maxAdvisoryBytes)) {
      if ("problem" in record) {
        throw new Error(record.problem);
      }
      yield Buffer.from(record.json).toString("utf8");
    }
  }
}
