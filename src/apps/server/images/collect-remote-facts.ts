// SPDX-License-Identifier: Apache-2.0
import { type Digest, LIMITS, quote } from "#base";
import type { RemoteImageRecord, ScanRecord } from "#database";
import { MANIFEST_MEDIA_TYPES } from "#oci";
import type { PlatformFacts, ScanFacts } from "#policy";
import { scanFacts } from "../judge/scan-facts.ts";
import { RemoteImageError } from "./errors.ts";
import type { RemoteFacts, RemoteNeeds } from "./remote-images.ts";

type Described = Omit<RemoteImageRecord, "firstSeenAt" | "lastSeenAt">;

/** How facts about one image come in: from a registry with an access, or only from what is stored. */
export interface RemoteReader {
  readonly registry: string;
  /** `undefined`: not stored, and nobody may ask. Throws RemoteImageError. */
  describe(digest: Digest): Promise<Described | undefined>;
  readConfig(record: Described): Promise<RemoteImageRecord["config"]>;
  findScans(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, ScanRecord>>;
  /** What stands in for the scan that is not there: it begins, it failed, or nobody may scan it. */
  beginScan(digest: Digest): Promise<ScanFacts>;
}

interface Leaf {
  readonly digest: Digest;
  readonly platform?: string;
  /** Absent: not read, since it does not matter or cannot be had. */
  readonly record?: Described;
  readonly isChild?: true;
  /** Says what the scan would, where there is nothing to scan. */
  readonly scan?: ScanFacts;
}

/** An index inside an index inside …: none is known that goes deeper than two. */
const MAX_INDEX_DEPTH = 4;
/** Children that are read. What lies beyond counts as "cannot tell", never as good. */
const MAX_READ_CHILDREN = 64;
const BATCH = 4;

/** The facts about an image, as far as the reader can tell. */
export async function collectRemoteFacts(
  reader: RemoteReader,
  digest: Digest,
  needs: RemoteNeeds,
): Promise<RemoteFacts> {
  const root = await reader.describe(digest);
  if (root === undefined) {
    return { facts: { kind: "unknown" }, digests: [digest] };
  }
  const leaves = root.kind === "index" ? await new LeafFinder(reader, needs).find(root) : [{ digest, record: root }];
  const scans = needs.scan ? await reader.findScans(leaves.map((leaf) => leaf.digest)) : NO_SCANS;
  const facts = await inBatches(leaves, (leaf) => factsOf(reader, leaf, { needs, scan: scans.get(leaf.digest) }));
  const [only] = facts;
  if (root.kind !== "index" && only !== undefined) {
    return { facts: { kind: "image", ...only }, digests: [digest] };
  }
  return { facts: { kind: "index", digest, children: facts }, digests: [digest, ...leaves.map((leaf) => leaf.digest)] };
}

/** Finds the images below an index that a runtime could choose. */
class LeafFinder {
  readonly #reader: RemoteReader;
  readonly #needs: RemoteNeeds;
  readonly #seen: Set<string> = new Set();
  #read = 0;

  constructor(reader: RemoteReader, needs: RemoteNeeds) {
    this.#reader = reader;
    this.#needs = needs;
  }

  async find(index: Described, depth: number = 0): Promise<readonly Leaf[]> {
    const children = (index.children ?? []).filter(({ digest, platform }) => {
      const key = `${digest} ${platform ?? ""}`;
      const isNew = !this.#seen.has(key) && this.#seen.size <= LIMITS.maxDescriptors;
      this.#seen.add(key);
      return isNew;
    });
    // a runtime may take a child whose platform nobody wrote down for its own
    const named = children.flatMap((child) =>
      child.platform === undefined ? [] : [{ child, platform: child.platform }],
    );
    const wanted = new Set(this.#needs.select(named).map(({ child }) => child));
    const found = await inBatches(children, async (child): Promise<readonly Leaf[]> => {
      const { digest, mediaType, ...platform } = child;
      if (!MANIFEST_MEDIA_TYPES.includes(mediaType)) {
        return [{ digest, isChild: true, ...platform, scan: scanOfForeign(child) }];
      }
      if ((child.platform !== undefined && !wanted.has(child)) || this.#read >= MAX_READ_CHILDREN) {
        return [{ digest, isChild: true, ...platform }];
      }
      this.#read += 1;
      return await this.#follow(child, depth);
    });
    return found.flat();
  }

  async #follow(
    { digest, mediaType, ...platform }: NonNullable<Described["children"]>[number],
    depth: number,
  ): Promise<readonly Leaf[]> {
    const record = await this.#describe(digest);
    if (record === undefined || "state" in record) {
      return [{ digest, isChild: true, ...platform, ...(record === undefined ? {} : { scan: record }) }];
    }
    if (record.mediaType !== mediaType) {
      // One digest under two types is how a client and a checker come to read different things.
      throw new RemoteImageError("IMAGE_INVALID", "the index gives a child another media type than the child has", {
        details: { registry: this.#reader.registry, digest },
      });
    }
    if (record.kind !== "index") {
      return [{ digest, isChild: true, ...platform, record }];
    }
    return depth < MAX_INDEX_DEPTH ? await this.find(record, depth + 1) : [{ digest, isChild: true, ...platform }];
  }

  /** A mirror need not have every child; that is about the child, not about the index. */
  async #describe(digest: Digest): Promise<Described | ScanFacts | undefined> {
    try {
      return await this.#reader.describe(digest);
    } catch (error) {
      if (error instanceof RemoteImageError && error.code === "IMAGE_NOT_FOUND") {
        return { state: "failed", message: error.message };
      }
      throw error;
    }
  }
}

/** Some runtimes choose a child by its platform and ask for it by its digest, whatever type the index gives it. */
function scanOfForeign({ mediaType, platform }: NonNullable<Described["children"]>[number]): ScanFacts {
  return platform === undefined
    ? { state: "unsupported", mediaType }
    : { state: "failed", message: `the index lists ${quote(mediaType)} as what runs on ${platform}` };
}

async function factsOf(
  reader: RemoteReader,
  leaf: Leaf,
  known: { readonly needs: RemoteNeeds; readonly scan: ScanRecord | undefined },
): Promise<PlatformFacts> {
  const { digest, record } = leaf;
  const { needs } = known;
  // what the index does not say, the configuration has to: it decides where the image may run
  const needsConfig = needs.config || (leaf.isChild === true && leaf.platform === undefined);
  const config = needsConfig && record !== undefined ? await reader.readConfig(record) : record?.config;
  const scan = await scanOf(reader, leaf, known);
  return {
    digest,
    platform: leaf.platform ?? config?.platform ?? platformOf(scan) ?? "",
    scan,
    ...(config === undefined ? {} : { config: config.user === undefined ? {} : { user: config.user } }),
    ...(config?.created === undefined ? {} : { created: { at: config.created, from: "config" } }),
  };
}

async function scanOf(
  reader: RemoteReader,
  { digest, record, scan }: Leaf,
  { needs, scan: known }: { readonly needs: RemoteNeeds; readonly scan: ScanRecord | undefined },
): Promise<ScanFacts> {
  const stored = scanFacts(undefined, known);
  const mayBegin = known === undefined || (known.isRemote === true && (isOpen(known) || known.state === "failed"));
  if (!needs.scan || record === undefined || !mayBegin) {
    // of an image of ours, our own scanner knows more
    return known === undefined ? (scan ?? stored) : stored;
  }
  const begun = await reader.beginScan(digest);
  // scanned again: what is known stays true until something newer is
  return stored.state === "done" ? stored : begun;
}

function isOpen({ state }: ScanRecord): boolean {
  return state === "pending" || state === "running";
}

function platformOf(scan: ScanFacts): string | undefined {
  if (scan.state !== "done") {
    return undefined;
  }
  const { os, architecture, variant } = scan.report.image.platform;
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join("/");
}

const NO_SCANS: ReadonlyMap<Digest, ScanRecord> = new Map();

async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += BATCH) {
    results.push(...(await Promise.all(items.slice(at, at + BATCH).map((item) => work(item)))));
  }
  return results;
}
