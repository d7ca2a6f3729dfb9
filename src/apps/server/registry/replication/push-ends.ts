// SPDX-License-Identifier: Apache-2.0
import type { RegistryStore } from "#database";
import { ImageSourceError, type RepositoryClient } from "#image-source";
import { type Manifest, parseManifest } from "#oci";
import type { RegistryContent } from "../content/registry-content.ts";
import type { CopySource } from "../copy/copy-source.ts";
import type { CopyTarget } from "../copy/copy-target.ts";
import { createOwnSource } from "../copy/own-source.ts";
import { RegistryError } from "../errors.ts";
import type { RateLimit } from "./rate-limit.ts";

/** A repository of ours, whose blobs are sent to a repository of another registry. */
export function createPushSource(parts: {
  readonly content: RegistryContent;
  readonly store: Pick<RegistryStore, "findReferrers">;
  readonly repository: string;
  readonly client: Pick<RepositoryClient, "sendBlob">;
  readonly limit: RateLimit | undefined;
}): CopySource {
  const { content, store, repository, client, limit } = parts;
  const { readManifest, listReferrers } = createOwnSource(content, store, { from: repository, to: repository });
  return {
    readManifest,
    listReferrers,
    async provideBlob({ digest, size }, signal) {
      return await client.sendBlob(
        {
          digest,
          size,
          async copyTo(write, offset) {
            await using blob = await content.openBlob(repository, digest);
            if (blob?.sizeBytes !== size) {
              throw new ImageSourceError(
                "BLOB_MISSING",
                `the repository ${repository} does not have ${digest}, or not whole`,
              );
            }
            const send = limit === undefined ? write : (block: Uint8Array) => limit.pass(block, write);
            await blob.copyTo(send, offset === 0 ? undefined : { start: offset, end: size });
          },
        },
        signal,
      );
    },
  };
}

/** A repository of another registry, to which manifests of one of ours are pushed. */
export function createPushTarget(parts: {
  readonly content: RegistryContent;
  /** Ours. */
  readonly repository: string;
  readonly client: Pick<RepositoryClient, "findDigest" | "pushManifest" | "attachReferrer">;
  readonly signal: AbortSignal;
}): CopyTarget {
  const { content, repository, client, signal } = parts;
  return {
    /** By HEAD: a registry with a gate says so much of an image that it would not hand out. */
    async findWholeManifest(_, reference) {
      const digest = await client.findDigest(reference, signal);
      if (digest === undefined) {
        return undefined;
      }
      const own = await content.findManifest(repository, digest);
      return own ?? { digest, mediaType: "", kind: "artifact" };
    },
    readManifest: (digest) => content.readManifest(digest),
    async putManifest(_, { mediaType, bytes, digest, tag, isNewTag }) {
      if (tag !== undefined && isNewTag === true) {
        // no registry offers this as one step: that a tag never moves there is for its own immutability to say
        const there = await client.findDigest(tag, signal);
        if (there !== undefined && there !== digest) {
          throw new RegistryError("DENIED", `${tag} is another image (${there})`, { details: { taken: there } });
        }
      }
      const manifest = parseManifest(bytes, mediaType);
      const { subject } = manifest;
      if (subject === undefined) {
        await client.pushManifest(tag ?? digest, mediaType, bytes, signal);
        return;
      }
      const { annotations } = manifest;
      await client.attachReferrer(
        subject.digest,
        {
          mediaType,
          bytes,
          artifactType: artifactTypeOf(manifest),
          ...(annotations === undefined ? {} : { annotations }),
        },
        signal,
      );
      if (tag !== undefined) {
        await client.pushManifest(tag, mediaType, bytes, signal);
      }
    },
  };
}

/** OCI image-spec, manifest.md, "Guidelines for Artifact Usage". */
function artifactTypeOf(manifest: Manifest): string {
  return manifest.artifactType ?? (manifest.kind === "image" ? manifest.config.mediaType : manifest.mediaType);
}
