// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ContentRemoval, ManifestRecord } from "#database";
import { digestOfTag } from "../../signatures/index.ts";
import { RegistryError } from "../errors.ts";
import { blobKey, manifestKey, tagKey } from "./content-locks.ts";
import type { ContentParts } from "./content-parts.ts";
import type { Author } from "./registry-content.ts";

/** Takes a tag away; the manifest stays. Throws `MANIFEST_UNKNOWN`, `DENIED`. */
export async function deleteTag(
  parts: ContentParts,
  target: {
    readonly repository: string;
    readonly tag: string;
    readonly ledTo: { readonly digest: Digest; readonly pushedAt: Date } | undefined;
  },
  author: Author,
): Promise<void> {
  const { repository, tag, ledTo } = target;
  await parts.locks.hold({ exclusive: [tagKey(repository, tag)] }, async () => {
    const digest = (await parts.store.findManifest(repository, { tag }))?.digest;
    if (digest === undefined || (ledTo !== undefined && digest !== ledTo.digest)) {
      throw unknownManifest(tag);
    }
    await parts.guards.changes.assertMayDeleteTag({ repository, tag, digest }, author);
    // what was looked at, and nothing that another process puts in its place
    if ((await parts.store.deleteTag(repository, tag, ledTo ?? { digest })) === undefined) {
      throw unknownManifest(tag);
    }
    parts.manifests.forgetTag(repository, tag);
    await tell(parts, author, { action: "tag-deleted", target: `${repository}:${tag}@${digest}` });
    const subject = digestOfTag(tag);
    await parts.events.publish({
      type: "image-deleted",
      repository,
      tag,
      digest,
      ...(subject === undefined ? {} : { subject }),
    });
  });
}

/** Takes a manifest away with every tag that leads to it. Throws `MANIFEST_UNKNOWN`, `DENIED`. */
export async function deleteManifest(
  parts: ContentParts,
  target: { readonly repository: string; readonly digest: Digest; readonly isUntagged: true | undefined },
  author: Author,
): Promise<void> {
  const { store, locks } = parts;
  const { repository, digest, isUntagged } = target;
  await locks.hold({ exclusive: [manifestKey(repository, digest)] }, async () => {
    const manifest = await store.findManifest(repository, { digest });
    if (manifest === undefined) {
      throw unknownManifest(digest);
    }
    const tags = await store.listTagsOf(repository, digest);
    if (isUntagged === true && tags.length > 0) {
      throw tagged(digest, tags);
    }
    await parts.guards.changes.assertMayDeleteManifest({ manifest, tags }, author);
    assertRemoved(await store.deleteManifest(repository, digest, { isUntagged: isUntagged ?? false }), digest);
    parts.manifests.forgetManifest(repository, digest);
    parts.blobCatalog.forgetHolders();
    await tell(parts, author, { action: "manifest-deleted", target: `${repository}@${digest}` });
    for (const tag of tags) {
      await parts.events.publish({ type: "image-deleted", repository, tag, digest });
    }
    // a signature or statement that is gone changes what is known about its subject, as one that is pushed does
    for (const subject of subjectsOf(manifest, tags)) {
      await parts.events.publish({
        type: "image-deleted",
        repository,
        digest,
        ...(subject === undefined ? {} : { subject }),
      });
    }
  });
}

/** Takes a blob out of the repository. Throws `BLOB_UNKNOWN`, `DENIED` when a manifest needs it. */
export async function deleteBlob(
  parts: ContentParts,
  repository: string,
  digest: Digest,
  author: Author,
): Promise<void> {
  await parts.locks.hold({ exclusive: [blobKey(digest)] }, async () => {
    const removal = await parts.store.unlinkBlob(repository, digest);
    if (removal.state === "unknown") {
      throw new RegistryError("BLOB_UNKNOWN", "blob unknown to registry", { details: { digest } });
    }
    assertRemoved(removal, digest);
    parts.blobCatalog.forgetLink(repository, digest);
    await tell(parts, author, { action: "blob-deleted", target: `${repository}@${digest}` });
    await parts.events.publish({ type: "image-deleted", repository, digest });
  });
}

function subjectsOf(manifest: ManifestRecord, tags: readonly string[]): ReadonlySet<Digest | undefined> {
  const subjects = new Set([manifest.subject, ...tags.map(digestOfTag)].filter((each) => each !== undefined));
  return subjects.size === 0 ? new Set([undefined]) : subjects;
}

function assertRemoved(removal: ContentRemoval, digest: Digest): void {
  if (removal.state === "needed") {
    throw new RegistryError("DENIED", `${digest} is part of the manifest ${removal.by}; delete that first`, {
      details: { digest, neededBy: removal.by },
    });
  }
  if (removal.state === "tagged") {
    throw tagged(digest, removal.tags);
  }
}

function tagged(digest: Digest, tags: readonly string[]): RegistryError {
  return new RegistryError("DENIED", "the manifest has got a tag in the meantime", { details: { digest, tags } });
}

function unknownManifest(reference: string): RegistryError {
  return new RegistryError("MANIFEST_UNKNOWN", "manifest unknown to registry", { details: { reference } });
}

async function tell(
  { audit, clock }: ContentParts,
  author: Author,
  done: { readonly action: string; readonly target: string },
): Promise<void> {
  await audit.append({
    actor: author.actor,
    ...done,
    requestId: author.requestId,
    ...(author.remoteAddress === undefined ? {} : { remoteAddress: author.remoteAddress }),
    at: clock.now().toISOString(),
  });
}
