// SPDX-License-Identifier: Apache-2.0
import { type Digest, isDigest, LIMITS, type Limits } from "#base";
import type { BlobStore } from "#blob-store";
import type { ReferrerRecord, RegistryStore } from "#database";
import { type Descriptor, MANIFEST_MEDIA_TYPES, OciError, parseManifest } from "#oci";
import type { ReferrerSource } from "#signatures";
import { referrersTag } from "./attached-to.ts";
import { StoredContentError } from "./errors.ts";

export interface StoredReferrersOptions {
  readonly registry: Pick<RegistryStore, "findManifest" | "findReferrers" | "findBlobLink">;
  readonly blobs: Pick<BlobStore, "read">;
  readonly repository: string;
  readonly limits?: Pick<Limits, "maxReferrers" | "maxManifestBytes">;
}

/** What is attached to the images of one repository of our own registry, read past the pull gate. */
export function createStoredReferrers(options: StoredReferrersOptions): ReferrerSource {
  const { registry, blobs, repository, limits = LIMITS } = options;

  async function readBytes(record: ReferrerRecord): Promise<Uint8Array> {
    const bytes = await blobs.read(record.digest, limits.maxManifestBytes);
    if (bytes === undefined) {
      throw new StoredContentError("BLOB_MISSING", `the manifest ${record.digest} is not in the blob store`);
    }
    return bytes;
  }

  /** With the annotations of the manifest itself (distribution-spec 1.1, "Listing Referrers"). */
  async function describe(record: ReferrerRecord): Promise<Descriptor> {
    const { annotations } = parse(await readBytes(record), record);
    return {
      mediaType: record.mediaType,
      digest: record.digest,
      size: record.sizeBytes,
      ...(record.artifactType === undefined ? {} : { artifactType: record.artifactType }),
      ...(annotations === undefined ? {} : { annotations }),
    };
  }

  /** Clients that do not ask for the API keep a list of their own; what only stands there counts as well. */
  async function listTagged(digest: Digest): Promise<readonly Descriptor[]> {
    const record = await registry.findManifest(repository, { tag: referrersTag(digest) });
    if (record?.kind !== "index") {
      return [];
    }
    const list = parse(await readBytes(record), record);
    return list.kind === "index" ? list.manifests.filter((each) => MANIFEST_MEDIA_TYPES.includes(each.mediaType)) : [];
  }

  return {
    async listReferrers(digest, signal) {
      const records = await registry.findReferrers(repository, digest);
      assertCount(records.length, limits.maxReferrers, digest);
      const found = new Map<Digest, Descriptor>();
      for (const record of records) {
        signal?.throwIfAborted();
        found.set(record.digest, await describe(record));
      }
      for (const descriptor of await listTagged(digest)) {
        if (!found.has(descriptor.digest)) {
          found.set(descriptor.digest, descriptor);
        }
      }
      assertCount(found.size, limits.maxReferrers, digest);
      return [...found.values()];
    },

    async readManifest(name, signal) {
      signal?.throwIfAborted();
      if (!isDigest(name) && name.includes(":")) {
        throw new StoredContentError("REFERENCE_INVALID", `expected a tag or digest, found "${name.slice(0, 200)}"`);
      }
      const record = await registry.findManifest(repository, isDigest(name) ? { digest: name } : { tag: name });
      return record === undefined
        ? undefined
        : { mediaType: record.mediaType, digest: record.digest, bytes: await readBytes(record) };
    },

    async readBlob(descriptor, maxBytes, signal) {
      signal?.throwIfAborted();
      const { digest, size } = descriptor;
      // The blob store is one for all repositories: what this one was never given is not its to read.
      const link = await registry.findBlobLink(repository, digest);
      if (link === undefined) {
        throw new StoredContentError("BLOB_MISSING", `the repository does not have the blob ${digest}`);
      }
      if (size > maxBytes) {
        throw new StoredContentError("LIMIT_EXCEEDED", `expected at most ${maxBytes} bytes, the blob has ${size}`);
      }
      if (link.sizeBytes !== size) {
        throw new StoredContentError(
          link.sizeBytes < size ? "BLOB_TOO_SHORT" : "BLOB_TOO_LONG",
          `the descriptor says ${size} bytes, the blob ${digest} has ${link.sizeBytes}`,
        );
      }
      const bytes = await blobs.read(digest, maxBytes);
      if (bytes === undefined) {
        throw new StoredContentError("BLOB_MISSING", `the blob ${digest} is not in the blob store`);
      }
      return bytes;
    },
  };
}

function parse(bytes: Uint8Array, record: ReferrerRecord): ReturnType<typeof parseManifest> {
  try {
    return parseManifest(bytes, record.mediaType);
  } catch (error) {
    if (error instanceof OciError) {
      throw new StoredContentError("MANIFEST_INVALID", `the manifest ${record.digest} cannot be read`, {
        cause: error,
      });
    }
    throw error;
  }
}

function assertCount(found: number, maxReferrers: number, digest: Digest): void {
  if (found > maxReferrers) {
    throw new StoredContentError("LIMIT_EXCEEDED", `more than ${maxReferrers} manifests are attached to ${digest}`);
  }
}
