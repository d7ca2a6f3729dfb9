// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { Descriptor } from "#oci";
import type { FetchedManifest } from "../registry/fetched-manifest.ts";
import type { RepositoryClient } from "../repository-client.ts";
import type { ArchivedImage } from "./archived-image.ts";
import { walkArchivedImage } from "./walk-archived-image.ts";

const MAX_ATTACHED_DEPTH = 2;

/** What a push of an archived image did. */
export interface PushedImage {
  readonly digest: Digest;
  /** What had to be sent; the registry had the rest. */
  readonly sentBytes: number;
  /** Signatures and whatever else is attached to it. */
  readonly attached: number;
}

type Target = Pick<RepositoryClient, "sendBlob" | "pushManifest" | "attachReferrer">;

/**
 * Sends an image of an archive to a repository, under the tag if there is one, with what is attached to it. Nothing is sent of an image
 * that is not whole; what turns out to have another digest is not acknowledged. Throws `ImageSourceError` and errors of `#oci`.
 */
export async function pushArchivedImage(
  image: ArchivedImage,
  target: Target,
  options: { readonly tag?: string; readonly signal?: AbortSignal; readonly onBytes?: (bytes: number) => void } = {},
): Promise<PushedImage> {
  const { tag, signal } = options;
  let sentBytes = 0;
  let attached = 0;

  async function send(blob: Descriptor): Promise<void> {
    const { digest, size } = blob;
    async function copyTo(write: (block: Uint8Array) => Promise<void>, offset: number): Promise<void> {
      // from the beginning, whatever is there already: only a whole blob can be verified
      let position = 0;
      for await (const chunk of await image.openBlob(blob, signal)) {
        const rest = chunk.subarray(Math.max(0, offset - position));
        position += chunk.length;
        if (rest.length > 0) {
          await write(rest);
        }
      }
    }
    const sent = await target.sendBlob({ digest, size, copyTo }, signal);
    sentBytes += sent;
    options.onBytes?.(size);
  }

  async function sendTree(root: FetchedManifest, name: string): Promise<void> {
    for await (const { manifest, blobs } of walkArchivedImage(image, root, signal)) {
      for (const blob of blobs) {
        await send(blob);
      }
      await target.pushManifest(
        manifest.digest === root.digest ? name : manifest.digest,
        manifest.mediaType,
        manifest.bytes,
        signal,
      );
    }
  }

  async function sendAttached(subject: Digest, depth: number): Promise<void> {
    for (const descriptor of await image.listReferrers(subject, signal)) {
      const manifest = await image.readManifest(descriptor.digest, signal);
      if (manifest === undefined || depth > MAX_ATTACHED_DEPTH) {
        continue;
      }
      for await (const part of walkArchivedImage(image, manifest, signal)) {
        for (const blob of part.blobs) {
          await send(blob);
        }
        if (part.manifest.digest !== manifest.digest) {
          await target.pushManifest(part.manifest.digest, part.manifest.mediaType, part.manifest.bytes, signal);
        }
      }
      const { artifactType = "", annotations } = descriptor;
      await target.attachReferrer(
        subject,
        {
          mediaType: manifest.mediaType,
          bytes: manifest.bytes,
          artifactType,
          ...(annotations === undefined ? {} : { annotations }),
        },
        signal,
      );
      attached += 1;
      await sendAttached(manifest.digest, depth + 1);
    }
  }

  const digests: Digest[] = [];
  // all of it is looked at before the first byte is sent
  for await (const { manifest } of walkArchivedImage(image, image.root, signal)) {
    digests.push(manifest.digest);
  }
  await sendTree(image.root, tag ?? image.root.digest);
  for (const digest of digests) {
    await sendAttached(digest, 0);
  }
  return { digest: image.root.digest, sentBytes, attached };
}
