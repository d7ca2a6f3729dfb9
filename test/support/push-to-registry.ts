// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { openRepository } from "#image-source";
import { OCI_MANIFEST } from "#oci";
import type { TestImage } from "./image-builder.ts";

/** Pushes an image (or index) with everything below it to a registry on loopback that asks for no account. */
export async function pushToRegistry(host: string, reference: string, image: TestImage): Promise<void> {
  const at = reference.lastIndexOf(":");
  await using repository = await openRepository(
    { registry: host, repository: reference.slice(0, at) },
    { scopes: ["pull", "push"] },
  );
  const manifests: (readonly [Digest, Uint8Array])[] = [];
  for (const [digest, bytes] of image.blobs) {
    if (bytes.subarray(0, 20).toString().startsWith('{"schemaVersion"')) {
      manifests.push([digest, bytes]);
    } else {
      await repository.pushBlob(bytes);
    }
  }
  for (const [digest, bytes] of manifests) {
    const { mediaType } = JSON.parse(Buffer.from(bytes).toString()) as { readonly mediaType: string };
    const isRoot = digest === image.manifest.digest;
    await repository.pushManifest(isRoot ? reference.slice(at + 1) : digest, mediaType, bytes);
  }
}

/** Attaches a small artifact with a `subject`, and one under the tag that cosign gave signatures. Returns their digests. */
export async function attachToImage(
  host: string,
  repositoryName: string,
  image: TestImage,
  credentials?: { readonly username: string; readonly password: string },
): Promise<{ readonly referrer: Digest; readonly tag: string }> {
  await using repository = await openRepository(
    { registry: host, repository: repositoryName },
    { scopes: ["pull", "push"], ...(credentials === undefined ? {} : { credentials }) },
  );
  const config = await repository.pushBlob(Buffer.from("{}"));
  const layer = await repository.pushBlob(Buffer.from(`{"about":"${image.manifest.digest}"}`));
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: "application/vnd.example.note",
    config: { mediaType: "application/vnd.oci.empty.v1+json", ...config },
    layers: [{ mediaType: "application/vnd.example.note", ...layer }],
  };
  const { size, digest, mediaType } = image.manifest;
  const referrer = await repository.attachReferrer(image.manifest.digest, {
    mediaType: OCI_MANIFEST,
    bytes: Buffer.from(JSON.stringify({ ...manifest, subject: { mediaType, digest, size } })),
    artifactType: manifest.artifactType,
  });
  const tag = `${image.manifest.digest.replace(":", "-")}.sig`;
  await repository.pushManifest(tag, OCI_MANIFEST, Buffer.from(JSON.stringify(manifest)));
  return { referrer: referrer.digest, tag };
}
