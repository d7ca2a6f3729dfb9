// SPDX-License-Identifier: Apache-2.0
import { type Digest, digestAlgorithm, digestHex, LIMITS, parseDigest } from "#base";
import { type Descriptor, OciError, parseManifest } from "#oci";
import { ImageSourceError } from "./errors.ts";
import type { FileTree } from "./files/file-tree.ts";
import { mergeDescriptors } from "./merge-descriptors.ts";
import { assertLayoutVersion, isNamed, readLayoutIndex } from "./oci-layout.ts";
import { referrersTag } from "./referrers-tag.ts";
import type { RepositoryClient } from "./repository-client.ts";
import { readVerified, verifyContent } from "./verify-content.ts";

/**
 * An OCI image layout as a repository: tags are the names in `index.json`; a referrer is a manifest listed there whose
 * `subject` is the digest, or one of the index under the referrers tag, as tools copy them. Takes ownership of `files`.
 */
export async function openLayoutRepository(files: FileTree): Promise<RepositoryClient> {
  await assertLayoutVersion(files);
  async function readManifest(name: string): ReturnType<RepositoryClient["readManifest"]> {
    const digest = parseDigest(name);
    if (digest !== undefined) {
      return await readByDigest(files, digest);
    }
    const named = (await readLayoutIndex(files)).find((each) => isNamed(each, name));
    return named === undefined ? undefined : await readByDigest(files, named.digest);
  }
  return {
    readManifest,
    findDigest: async (name) => (await readManifest(name))?.digest,
    listReferrers: async (digest) => {
      const listed = await readLayoutIndex(files);
      if (listed.length > LIMITS.maxReferrers) {
        throw new ImageSourceError("LIMIT_EXCEEDED", `the layout lists more than ${LIMITS.maxReferrers} manifests`);
      }
      const tagged = await readManifest(referrersTag(digest));
      const index = tagged === undefined ? undefined : parseManifest(tagged.bytes, tagged.mediaType);
      return mergeDescriptors([
        await attachedTo(files, digest, listed),
        index?.kind === "index" ? index.manifests.slice(0, LIMITS.maxReferrers) : [],
      ]);
    },
    readBlob: async (descriptor, maxBytes, signal) => {
      const blob = await files.find(pathOf(descriptor.digest));
      if (blob === undefined) {
        throw new ImageSourceError("BLOB_MISSING", `the layout has no blob ${descriptor.digest}`);
      }
      return await readVerified(blob.read(signal), descriptor, maxBytes);
    },
    openBlob: async (descriptor, signal) => {
      const blob = await files.find(pathOf(descriptor.digest));
      if (blob === undefined) {
        throw new ImageSourceError("BLOB_MISSING", `the layout has no blob ${descriptor.digest}`);
      }
      return verifyContent(blob.read(signal), descriptor);
    },
    async *listTags() {
      for (const { annotations } of await readLayoutIndex(files)) {
        const name = annotations?.["org.opencontainers.image.ref.name"];
        if (name !== undefined) {
          yield name;
        }
      }
    },
    pushBlob: notSupported,
    sendBlob: notSupported,
    deleteManifest: notSupported,
    pushManifest: notSupported,
    attachReferrer: notSupported,
    [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
  };
}

/** The listed manifests whose subject is the digest, with the artifact type that they have themselves. */
async function attachedTo(
  files: FileTree,
  digest: Digest,
  listed: readonly Descriptor[],
): Promise<readonly Descriptor[]> {
  const attached: Descriptor[] = [];
  for (const descriptor of listed) {
    const manifest = await readReferrer(files, descriptor);
    if (manifest?.subject?.digest === digest) {
      const artifactType =
        manifest.artifactType ?? (manifest.kind === "image" ? manifest.config.mediaType : descriptor.artifactType);
      attached.push({ ...descriptor, ...(artifactType === undefined ? {} : { artifactType }) });
    }
  }
  return attached;
}

/** `undefined` for what is no manifest that we read: other programs list other things in a layout. */
async function readReferrer(
  files: FileTree,
  descriptor: Descriptor,
): Promise<ReturnType<typeof parseManifest> | undefined> {
  try {
    const found = await readByDigest(files, descriptor.digest);
    return found === undefined ? undefined : parseManifest(found.bytes, found.mediaType);
  } catch (error) {
    if (error instanceof OciError) {
      return undefined;
    }
    throw error;
  }
}

async function readByDigest(files: FileTree, digest: Digest): ReturnType<RepositoryClient["readManifest"]> {
  const blob = await files.find(pathOf(digest));
  if (blob === undefined) {
    return undefined;
  }
  const bytes = await readVerified(blob.read(), { digest, size: blob.size }, LIMITS.maxManifestBytes);
  return { mediaType: parseManifest(bytes).mediaType, digest, bytes };
}

function pathOf(digest: Digest): string {
  return `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`;
}

function notSupported(): Promise<never> {
  return Promise.reject(new ImageSourceError("PUSH_NOT_SUPPORTED", "nothing can be pushed to a layout or an archive"));
}
