// SPDX-License-Identifier: Apache-2.0
import { digestOf } from "#base";
import { headerOf } from "#http";
import type { Descriptor, ImageReference } from "#oci";
import { ImageSourceError } from "../errors.ts";
import type { RepositoryClient } from "../repository-client.ts";
import { readVerified, verifyContent } from "../verify-content.ts";
import { listReferrers } from "./list-referrers.ts";
import { listTags } from "./list-tags.ts";
import { openRegistryClient, type RegistryClient } from "./registry-client.ts";
import type { RegistryOptions } from "./registry-options.ts";
import { sendBlob } from "./send-blob.ts";
import { updateReferrersTag } from "./update-referrers-tag.ts";

/** The repository of a reference in its registry. */
export async function openRegistryRepository(
  reference: Pick<ImageReference, "registry" | "repository">,
  options: RegistryOptions,
): Promise<RepositoryClient> {
  const client = await openRegistryClient(reference, options);
  async function pushManifest(
    ...[name, mediaType, bytes, signal]: Parameters<RepositoryClient["pushManifest"]>
  ): ReturnType<RepositoryClient["pushManifest"]> {
    const answer = await client.session.send(`manifests/${name}`, {
      method: "PUT",
      headers: { "content-type": mediaType },
      body: bytes,
      missing: "REPOSITORY_UNKNOWN",
      expected: [201, 200, 202],
      signal,
    });
    await client.session.read(answer, MAX_ANSWER_BYTES);
    return { digest: digestOf(bytes), hasSubject: headerOf(answer, "oci-subject") !== undefined };
  }
  return {
    listReferrers: (digest, signal) => listReferrers(client, digest, signal),
    readManifest: (name, signal) => client.findManifest(name, signal),
    findDigest: (name, signal) => client.findDigest(name, signal),
    readBlob: async (descriptor, maxBytes, signal) => {
      assertSize(descriptor, maxBytes);
      return await readVerified(await client.fetchBlob(descriptor, signal), descriptor, maxBytes);
    },
    openBlob: async (descriptor, signal) => verifyContent(await client.fetchBlob(descriptor, signal), descriptor),
    listTags: (signal) => listTags(client.session, signal),
    pushBlob: (bytes, signal) => pushBlob(client, bytes, signal),
    sendBlob: (blob, signal) => sendBlob(client.session, blob, signal),
    deleteManifest: async (name, signal) => {
      const answer = await client.session.send(`manifests/${name}`, {
        method: "DELETE",
        missing: "MANIFEST_UNKNOWN",
        expected: [200, 202, 204, 404],
        signal,
      });
      await client.session.read(answer, MAX_ANSWER_BYTES);
      return answer.status !== 404;
    },
    pushManifest,
    attachReferrer: async (subject, referrer, signal) => {
      const { mediaType, bytes, artifactType, annotations } = referrer;
      const digest = digestOf(bytes);
      const { hasSubject } = await pushManifest(digest, mediaType, bytes, signal);
      const descriptor: Descriptor = {
        mediaType,
        digest,
        size: bytes.length,
        artifactType,
        ...(annotations === undefined ? {} : { annotations }),
      };
      if (!hasSubject) {
        await updateReferrersTag({ client, pushManifest, subject, descriptor, signal });
      }
      return descriptor;
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

const MAX_ANSWER_BYTES = 64 * 1024;

/** Asked before the first byte: a registry must not make us wait for what is refused anyway. */
function assertSize(descriptor: Descriptor, maxBytes: number): void {
  if (descriptor.size > maxBytes) {
    throw new ImageSourceError("LIMIT_EXCEEDED", `content is larger than ${maxBytes} bytes`, {
      details: { digest: descriptor.digest, size: descriptor.size },
    });
  }
}

/** "Pushing a blob monolithically" by POST, then PUT, the way that every registry knows. */
async function pushBlob(
  client: RegistryClient,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<{ readonly digest: ReturnType<typeof digestOf>; readonly size: number }> {
  const { session } = client;
  const blob = { digest: digestOf(bytes), size: bytes.length };
  const missing = "REPOSITORY_UNKNOWN";
  const present = await session.send(`blobs/${blob.digest}`, { method: "HEAD", missing, expected: [200, 404], signal });
  await session.read(present, MAX_ANSWER_BYTES);
  if (present.status === 200) {
    return blob;
  }
  const started = await session.send("blobs/uploads/", { method: "POST", missing, expected: [202], signal });
  await session.read(started, MAX_ANSWER_BYTES);
  const upload = session.follow(headerOf(started, "location") ?? "", started.url);
  upload.searchParams.set("digest", blob.digest);
  const finished = await session.send(upload, {
    method: "PUT",
    headers: { "content-type": "application/octet-stream" },
    body: bytes,
    missing,
    expected: [201, 202, 204],
    signal,
  });
  await session.read(finished, MAX_ANSWER_BYTES);
  return blob;
}
