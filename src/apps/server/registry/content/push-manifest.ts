// SPDX-License-Identifier: Apache-2.0
import { type Digest, digestAlgorithm, digestOf } from "#base";
import type { ManifestRecord } from "#database";
import { type Manifest, parseManifest } from "#oci";
import { digestOfTag } from "../../signatures/index.ts";
import { RegistryError } from "../errors.ts";
import { describeManifest } from "../manifests/describe-manifest.ts";
import { blobKey, manifestKey, tagKey } from "./content-locks.ts";
import type { ContentParts } from "./content-parts.ts";
import type { Author } from "./registry-content.ts";

/** Whoever moves a tag as often as we look at it must not keep a push busy for ever. */
const MAX_TAG_RACES = 20;

/** A manifest as it comes in. */
export interface PushedManifest {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** What it must have; default is its SHA-256. */
  readonly digest?: Digest;
  readonly tags: readonly string[];
  /** See `RegistryContent.putManifest`. */
  readonly isSparse?: boolean;
  readonly isNewTag?: boolean;
}

/** Checks a manifest and stores it; acknowledged when bytes, references, tags and scan request are durable. */
export async function pushManifest(
  parts: ContentParts,
  repository: string,
  pushed: PushedManifest,
  author: Author,
): Promise<ManifestRecord> {
  const { bytes, mediaType, tags, isSparse = false, isNewTag = false } = pushed;
  const digest = digestOf(bytes, pushed.digest === undefined ? "sha256" : digestAlgorithm(pushed.digest));
  if (pushed.digest !== undefined && pushed.digest !== digest) {
    throw new RegistryError("DIGEST_INVALID", "the manifest has another digest than the one it was pushed to", {
      details: { found: digest, expected: pushed.digest },
    });
  }
  const manifest = parseManifest(bytes, mediaType);
  const shared = [blobKey(digest), ...keysOf(repository, manifest)];
  const exclusive = [manifestKey(repository, digest), ...tags.map((tag) => tagKey(repository, tag))];
  return await parts.locks.hold({ shared, exclusive }, async () => {
    const { blobs, blobCatalog, manifests } = parts;
    const record: ManifestRecord = {
      repository,
      digest,
      mediaType,
      sizeBytes: bytes.length,
      ...(await describeManifest(manifest, {
        repository,
        blobs,
        blobCatalog,
        manifests,
        isSparse,
      })),
      pushedBy: author.actor,
      pushedAt: parts.clock.now().toISOString(),
    };
    const needs = isSparse ? "blobs" : "everything";
    const moves = await assertAllowed(parts, record, { tags, isNewTag }, author);
    await blobs.put(digest, bytes);
    for (const move of moves.length === 0 ? [undefined] : moves) {
      await store(parts, record, { bytes, needs, ...(move === undefined ? {} : { move }) }, author);
    }
    return record;
  });
}

/** A tag that was allowed to move from there. */
interface TagMove {
  readonly tag: string;
  readonly from: Digest | undefined;
  readonly isNewTag: boolean;
}

/** All tags before the first is moved, so that a push is refused whole. */
async function assertAllowed(
  parts: ContentParts,
  record: ManifestRecord,
  { tags, isNewTag }: { readonly tags: readonly string[]; readonly isNewTag: boolean },
  author: Author,
): Promise<readonly TagMove[]> {
  const { guards, store } = parts;
  const { repository, digest } = record;
  await guards.quota.assertRoom(repository, { sizeBytes: record.sizeBytes, digest });
  const moves: TagMove[] = [];
  for (const tag of tags) {
    // not from memory: whether a tag may move is decided by what is stored
    const from = (await store.findManifest(repository, { tag }))?.digest;
    const move = { tag, from, isNewTag };
    await assertMayMove(parts, record, move, author);
    moves.push(move);
  }
  return moves;
}

async function assertMayMove(
  { guards }: ContentParts,
  { repository, digest }: ManifestRecord,
  { tag, from, isNewTag }: TagMove,
  author: Author,
): Promise<void> {
  if (isNewTag && from !== undefined && from !== digest) {
    throw new RegistryError("DENIED", `${repository}:${tag} is another image (${from})`, { details: { taken: from } });
  }
  await guards.changes.assertMayTag({ repository, tag, digest, ...(from === undefined ? {} : { from }) }, author);
}

async function store(
  parts: ContentParts,
  record: ManifestRecord,
  how: {
    readonly bytes: Uint8Array;
    readonly needs: "everything" | "blobs";
    readonly move?: TagMove;
    readonly races?: number;
  },
  author: Author,
): Promise<void> {
  const { repository, digest } = record;
  const { bytes, needs, move, races = 0 } = how;
  const tag = move?.tag;
  const withScan = parts.settings.of(repository).settings.scanOnPush !== false;
  const ifTag = move === undefined ? {} : { ifTag: { from: move.from } };
  const { missing, taken } = await parts.store.putManifest(record, tag, {
    withScan,
    needs,
    ...ifTag,
    async whileKept() {
      // a collection of another process may have taken it since it was put there: no repository had it
      if ((await parts.blobs.stat(digest)) === undefined) {
        await parts.blobs.put(digest, bytes);
      }
    },
  });
  if (move !== undefined && taken !== undefined) {
    if (races >= MAX_TAG_RACES) {
      throw new RegistryError("UNAVAILABLE", `others move ${repository}:${move.tag} all the time; push it again`);
    }
    // another process moved it since it was looked at: what was allowed then may not be now
    const moved = { ...move, from: taken };
    await assertMayMove(parts, record, moved, author);
    await store(parts, record, { bytes, needs, move: moved, races: races + 1 }, author);
    return;
  }
  if (missing !== undefined) {
    // What was remembered of the repository is older than a collection or deletion, which the database knows of.
    parts.blobCatalog.forgetLink(repository, missing);
    parts.manifests.forgetManifest(repository, missing);
    throw new RegistryError("MANIFEST_BLOB_UNKNOWN", `the repository does not have ${missing}`, {
      details: { digest: missing },
    });
  }
  if (tag !== undefined) {
    parts.manifests.forgetTag(repository, tag);
  }
  parts.blobCatalog.forgetHolders();
  await parts.audit.append({
    actor: author.actor,
    action: "manifest-pushed",
    target: tag === undefined ? `${repository}@${digest}` : `${repository}:${tag}@${digest}`,
    requestId: author.requestId,
    ...(author.remoteAddress === undefined ? {} : { remoteAddress: author.remoteAddress }),
    at: record.pushedAt,
  });
  for (const subject of subjectsOf(record, tag)) {
    const about = { ...(tag === undefined ? {} : { tag }), ...(subject === undefined ? {} : { subject }) };
    await parts.events.publish({ type: "image-pushed", repository, digest, ...about });
  }
}

/** What must not be taken away while it is looked at. */
function keysOf(repository: string, manifest: Manifest): readonly string[] {
  const needed = manifest.kind === "index" ? manifest.manifests : [manifest.config, ...manifest.layers];
  return needed.flatMap(({ digest }) => [blobKey(digest), manifestKey(repository, digest)]);
}

/** What the push says something about: verdicts on it are made anew. A tag and a `subject` may name different images. */
function subjectsOf(record: ManifestRecord, tag: string | undefined): readonly (Digest | undefined)[] {
  const named = [record.subject, tag === undefined ? undefined : digestOfTag(tag)];
  const subjects = new Set(named.filter((each) => each !== undefined));
  return subjects.size === 0 ? [undefined] : [...subjects];
}
