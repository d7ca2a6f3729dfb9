// SPDX-License-Identifier: Apache-2.0
import { type Digest, LIMITS } from "#base";
import { type BlobStore, BlobStoreError } from "#blob-store";
import type { Database, ManifestRecord, ScanRecord } from "#database";
import {
  type Descriptor,
  type ImageConfig,
  isRunnablePlatform,
  OciError,
  parseImageConfig,
  parseManifest,
  renderPlatform,
} from "#oci";
import type { ImageFacts, PlatformFacts } from "#policy";
import { scanFacts } from "./scan-facts.ts";

/** An index inside an index inside …: none is known that goes deeper than two. */
const MAX_INDEX_DEPTH = 4;
/** Indexes that list one image and are looked at, the newest first. */
const MAX_PARENTS = 8;
/** Look-ups of one index that run at once. */
const BATCH = 16;

export interface FactsSources {
  readonly registry: Database["registry"];
  readonly scans: Database["scans"];
  readonly blobs: Pick<BlobStore, "read">;
}

/** The facts, and every digest that they depend on. */
export interface CollectedFacts {
  readonly facts: ImageFacts;
  readonly digests: readonly Digest[];
}

/**
 * What the database knows about a manifest of a repository; `unknown` when it is not there. `withParents`: for an image
 * also the indexes of the repository that list it.
 */
export async function collectFacts(
  sources: FactsSources,
  image: { readonly repository: string; readonly digest: Digest },
  options: { readonly withParents: boolean } & ConfigNeeds = NOTHING_MORE,
): Promise<CollectedFacts> {
  const record = await sources.registry.findManifest(image.repository, { digest: image.digest });
  if (record === undefined) {
    return { facts: { kind: "unknown" }, digests: [image.digest] };
  }
  if (record.kind !== "index") {
    const scans = await sources.scans.findMany([record.digest]);
    const platform = record.platform ?? "";
    const parents = options.withParents ? await findParents(sources, image) : [];
    const facts: ImageFacts = {
      kind: "image",
      digest: record.digest,
      platform,
      scan: scanFacts(record, scans.get(record.digest)),
      ...(await makeFacts(sources, record, options)),
      ...(parents.length === 0 ? {} : { parents: parents.map((digest) => ({ digest })) }),
    };
    return { facts, digests: [record.digest, ...parents] };
  }
  const children = await runnableChildren(sources, record.digest);
  const scans = await sources.scans.findMany(children.map((child) => child.digest));
  const facts: PlatformFacts[] = [];
  for (let at = 0; at < children.length; at += BATCH) {
    const batch = children.slice(at, at + BATCH);
    facts.push(
      ...(await Promise.all(
        batch.map((child) => childFacts(sources, image.repository, { child, scans, needs: options })),
      )),
    );
  }
  return {
    facts: { kind: "index", digest: record.digest, children: facts },
    digests: [record.digest, ...children.map((child) => child.digest)],
  };
}

/**
 * The images below an index that a runtime can choose, or the digest itself when it is no index. Read from the index's
 * own bytes: runtimes choose by the platforms written there, whatever a child says about itself.
 */
export async function runnableChildren(
  sources: Pick<FactsSources, "blobs">,
  digest: Digest,
): Promise<readonly Pick<Descriptor, "digest" | "platform">[]> {
  const found = new Map<Digest, Pick<Descriptor, "digest" | "platform">>();
  const seen = new Set<Digest>([digest]);
  let level: readonly Pick<Descriptor, "digest" | "platform">[] = [{ digest }];
  for (let depth = 0; level.length > 0 && depth <= MAX_INDEX_DEPTH; depth += 1) {
    const below: Descriptor[] = [];
    for (const descriptor of level) {
      // Indexes of indexes could name millions. Nothing that was named is ever left out, or a bad image could lie behind
      // enough good ones: an index that is not read any more has no scan, and counts as "cannot tell".
      const isFull = seen.size > LIMITS.maxDescriptors;
      const children = isFull ? undefined : await readIndex(sources.blobs, descriptor.digest);
      if (children === undefined) {
        found.set(descriptor.digest, descriptor);
      } else {
        for (const child of children.filter(isRunnablePlatform).filter((each) => !seen.has(each.digest))) {
          seen.add(child.digest);
          below.push(child);
        }
      }
    }
    level = below;
  }
  // What lies deeper than anybody looks is kept, without a scan, so that it counts as "cannot tell".
  for (const descriptor of level) {
    found.set(descriptor.digest, descriptor);
  }
  return [...found.values()];
}

/** The manifests of an index; `undefined` when the digest is not that of an index that we hold. */
async function readIndex(blobs: Pick<BlobStore, "read">, digest: Digest): Promise<readonly Descriptor[] | undefined> {
  const bytes = await readManifest(blobs, digest);
  if (bytes === undefined) {
    return undefined;
  }
  try {
    const manifest = parseManifest(bytes);
    return manifest.kind === "index" ? manifest.manifests : undefined;
  } catch {
    // It was checked when it was pushed; what cannot be read any more has no scan either, and counts as "cannot tell".
    return undefined;
  }
}

/** An index may list blobs as well (BuildKit's cache does): what is larger than any manifest is none. */
async function readManifest(blobs: Pick<BlobStore, "read">, digest: Digest): Promise<Uint8Array | undefined> {
  try {
    return await blobs.read(digest, LIMITS.maxManifestBytes);
  } catch (error) {
    if (error instanceof BlobStoreError && error.code === "BLOB_TOO_LARGE") {
      return undefined;
    }
    throw error;
  }
}

/** The newest indexes of the repository that list the image: old ones are no reason to verify without end. */
async function findParents(
  sources: FactsSources,
  image: { readonly repository: string; readonly digest: Digest },
): Promise<readonly Digest[]> {
  const holders = await sources.registry.findReferencing(image.repository, image.digest);
  return holders
    .filter((holder) => holder.kind === "index")
    .slice(-MAX_PARENTS)
    .map((holder) => holder.digest);
}

async function childFacts(
  sources: FactsSources,
  repository: string,
  known: {
    readonly child: Pick<Descriptor, "digest" | "platform">;
    readonly scans: ReadonlyMap<Digest, ScanRecord>;
    readonly needs: ConfigNeeds;
  },
): Promise<PlatformFacts> {
  const { digest, platform } = known.child;
  const scan = known.scans.get(digest);
  const isNeeded = scan === undefined || known.needs.config || known.needs.created;
  const record = isNeeded ? await sources.registry.findManifest(repository, { digest }) : undefined;
  return {
    digest,
    platform: platform === undefined ? (record?.platform ?? digest) : renderPlatform(platform),
    scan: scanFacts(record, scan),
    ...(await makeFacts(sources, record, known.needs)),
  };
}

/** What a policy asks to know beside scan and signatures. */
interface ConfigNeeds {
  readonly config: boolean;
  readonly created: boolean;
}

const NOTHING_MORE = { withParents: false, config: false, created: false };

/** When the image came here first, and what its configuration says; what cannot be read is left out, and undecided. */
async function makeFacts(
  { blobs }: Pick<FactsSources, "blobs">,
  record: ManifestRecord | undefined,
  needs: ConfigNeeds,
): Promise<Pick<PlatformFacts, "created" | "config">> {
  const created = needs.created && record !== undefined ? { at: record.pushedAt, from: "push" as const } : undefined;
  const config = needs.config && record?.kind === "image" ? await readConfig(blobs, record.digest) : undefined;
  return {
    ...(created === undefined ? {} : { created }),
    ...(config === undefined ? {} : { config: config.user === undefined ? {} : { user: config.user } }),
  };
}

async function readConfig(blobs: Pick<BlobStore, "read">, digest: Digest): Promise<ImageConfig | undefined> {
  const bytes = await blobs.read(digest, LIMITS.maxManifestBytes);
  try {
    const manifest = bytes === undefined ? undefined : parseManifest(bytes);
    if (manifest?.kind !== "image" || manifest.config.size > LIMITS.maxConfigBytes) {
      return undefined;
    }
    const config = await blobs.read(manifest.config.digest, LIMITS.maxConfigBytes);
    return config === undefined ? undefined : parseImageConfig(config);
  } catch (error) {
    if (error instanceof OciError) {
      return undefined;
    }
    throw error;
  }
}
