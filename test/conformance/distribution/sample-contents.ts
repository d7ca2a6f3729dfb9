// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { type Digest, type DigestAlgorithm, digestOf } from "#base";
import { expectStatus } from "./expectations.ts";
import type { RegistryUnderTest, Reply } from "./registry-under-test.ts";

export const OCI_MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
export const OCI_INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
const DOCKER_MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json";
export const DOCKER_LIST_TYPE = "application/vnd.docker.distribution.manifest.list.v2+json";
const OCI_CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const OCI_LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar";
const EMPTY_TYPE = "application/vnd.oci.empty.v1+json";

export interface SampleDescriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly [field: string]: unknown;
}

/** A manifest with everything that has to be pushed before it. */
export interface SampleManifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly descriptor: SampleDescriptor;
  readonly blobs: readonly Buffer[];
  readonly children: readonly SampleManifest[];
}

function describeBytes(mediaType: string, bytes: Uint8Array, algorithm: DigestAlgorithm = "sha256"): SampleDescriptor {
  return { mediaType, digest: digestOf(bytes, algorithm), size: bytes.length };
}

function manifestOf(
  document: Readonly<Record<string, unknown>> & { readonly mediaType: string },
  parts: { readonly blobs?: readonly Buffer[]; readonly children?: readonly SampleManifest[] } = {},
  algorithm: DigestAlgorithm = "sha256",
): SampleManifest {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, ...document }));
  return {
    mediaType: document.mediaType,
    bytes,
    descriptor: describeBytes(document.mediaType, bytes, algorithm),
    blobs: parts.blobs ?? [],
    children: parts.children ?? [],
  };
}

/** An image of random content; `fields` are added to the manifest. */
export function sampleImage(
  fields: Readonly<Record<string, unknown>> = {},
  options: { readonly isDocker?: boolean; readonly layers?: number; readonly algorithm?: DigestAlgorithm } = {},
): SampleManifest {
  const { isDocker = false, layers = 2, algorithm = "sha256" } = options;
  const contents = Array.from({ length: layers }, () => randomBytes(1024));
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      rootfs: { type: "layers", diff_ids: contents.map((each) => digestOf(each)) },
      nonce: randomBytes(8).toString("hex"),
    }),
  );
  const [configType, layerType] = isDocker
    ? ["application/vnd.docker.container.image.v1+json", "application/vnd.docker.image.rootfs.diff.tar"]
    : [OCI_CONFIG_TYPE, OCI_LAYER_TYPE];
  return manifestOf(
    {
      mediaType: isDocker ? DOCKER_MANIFEST_TYPE : OCI_MANIFEST_TYPE,
      config: describeBytes(configType, config, algorithm),
      layers: contents.map((each) => describeBytes(layerType, each, algorithm)),
      ...fields,
    },
    { blobs: [config, ...contents] },
    algorithm,
  );
}

/** An artifact with an empty config (OCI image-spec, "Guidelines for Artifact Usage"). */
export function sampleArtifact(artifactType: string, fields: Readonly<Record<string, unknown>> = {}): SampleManifest {
  const [empty, content] = [Buffer.from("{}"), randomBytes(64)];
  return manifestOf(
    {
      mediaType: OCI_MANIFEST_TYPE,
      artifactType,
      config: describeBytes(EMPTY_TYPE, empty),
      layers: [describeBytes("application/octet-stream", content)],
      ...fields,
    },
    { blobs: [empty, content] },
  );
}

export function sampleIndex(
  children: readonly SampleManifest[],
  fields: Readonly<Record<string, unknown>> = {},
  mediaType: string = OCI_INDEX_TYPE,
): SampleManifest {
  const platforms = ["amd64", "arm64", "s390x"];
  return manifestOf(
    {
      mediaType,
      manifests: children.map((child, index) => ({
        ...child.descriptor,
        platform: { os: "linux", architecture: platforms[index % platforms.length] },
      })),
      ...fields,
    },
    { children },
  );
}

/** Pushes a blob by POST and PUT. */
export async function pushBlob(
  registry: RegistryUnderTest,
  repository: string,
  bytes: Uint8Array,
  algorithm: DigestAlgorithm = "sha256",
): Promise<Reply> {
  const location = await beginUpload(registry, repository);
  return expectStatus(
    await registry.send(`PUT ${withQuery(location, { digest: digestOf(bytes, algorithm) })}`, {
      headers: { "content-type": "application/octet-stream" },
      body: bytes,
    }),
    201,
  );
}

export async function beginUpload(registry: RegistryUnderTest, repository: string): Promise<string> {
  const reply = expectStatus(await registry.send(`POST /v2/${repository}/blobs/uploads/`), 202);
  return reply.headers.location ?? "";
}

/** Pushes what a manifest needs: blobs and, whole, its children. */
export async function pushParts(
  registry: RegistryUnderTest,
  repository: string,
  manifest: SampleManifest,
): Promise<void> {
  for (const blob of manifest.blobs) {
    const isSha512 = manifest.bytes.includes(digestOf(blob, "sha512"));
    await pushBlob(registry, repository, blob, isSha512 ? "sha512" : "sha256");
  }
  for (const child of manifest.children) {
    await pushParts(registry, repository, child);
    expectStatus(await putManifest(registry, repository, child.descriptor.digest, child), 201);
  }
}

/** Pushes everything and then the manifest. */
export async function pushManifest(
  registry: RegistryUnderTest,
  repository: string,
  reference: string,
  manifest: SampleManifest,
): Promise<Reply> {
  await pushParts(registry, repository, manifest);
  return expectStatus(await putManifest(registry, repository, reference, manifest), 201);
}

export async function putManifest(
  registry: RegistryUnderTest,
  repository: string,
  reference: string,
  manifest: Pick<SampleManifest, "mediaType" | "bytes">,
): Promise<Reply> {
  return await registry.send(`PUT /v2/${repository}/manifests/${reference}`, {
    headers: { "content-type": manifest.mediaType },
    body: manifest.bytes,
  });
}

/** The URL with more parameters; a `Location` may have some of its own. */
export function withQuery(location: string, parameters: Readonly<Record<string, string>>): string {
  return `${location}${location.includes("?") ? "&" : "?"}${new URLSearchParams(parameters).toString()}`;
}
