// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { digestOf } from "#base";
import {
  DOCKER_LIST_TYPE,
  OCI_MANIFEST_TYPE,
  type SampleManifest,
  sampleArtifact,
  sampleImage,
  sampleIndex,
} from "../sample-contents.ts";

/** Every kind of manifest that a registry takes, each made anew. */
export const SAMPLES: readonly { readonly name: string; readonly make: () => SampleManifest }[] = [
  { name: "an image", make: () => sampleImage() },
  { name: "an image of one layer", make: () => sampleImage({}, { layers: 1 }) },
  { name: "an image of no layer", make: () => sampleImage({}, { layers: 0 }) },
  { name: "an image of 30 layers", make: () => sampleImage({}, { layers: 30 }) },
  { name: "a Docker image", make: () => sampleImage({}, { isDocker: true }) },
  {
    name: "an image with annotations",
    make: () => sampleImage({ annotations: { "org.example.key": "value", 한국어: '값 \u0001 \\ "' } }),
  },
  {
    name: "an image with fields that nobody knows",
    make: () => sampleImage({ "org.example": { nested: [1, null, true] } }),
  },
  {
    name: "an image with a manifest of 3.9 MB",
    make: () =>
      sampleImage({
        annotations: Object.fromEntries(Array.from({ length: 390 }, (_, n) => [`large-${n}`, "A".repeat(10_000)])),
      }),
  },
  {
    name: "an image with layers that are not distributed",
    make: () => {
      const image = sampleImage();
      const document = JSON.parse(image.bytes.toString()) as { layers: unknown[] };
      const foreign = digestOf(randomBytes(8));
      document.layers.push({
        mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        digest: foreign,
        size: 123_456,
        urls: [`https://store.example.com/${foreign}`],
      });
      return withDocument(image, document);
    },
  },
  {
    name: "an image whose config is embedded",
    make: () => {
      const image = sampleImage();
      const document = JSON.parse(image.bytes.toString()) as { config: object };
      document.config = { ...document.config, data: image.blobs[0]?.toString("base64") };
      return withDocument(image, document);
    },
  },
  {
    name: "an image without mediaType",
    make: () => {
      const image = sampleImage();
      const { mediaType: _, ...document } = JSON.parse(image.bytes.toString()) as Record<string, unknown>;
      return withDocument(image, document);
    },
  },
  { name: "an artifact", make: () => sampleArtifact("application/vnd.example.thing") },
  {
    name: "an artifact with a config of its own",
    make: () => withOwnConfig(sampleArtifact("application/vnd.example.thing")),
  },
  { name: "an index", make: () => sampleIndex([sampleImage(), sampleImage()]) },
  { name: "an empty index", make: () => sampleIndex([]) },
  {
    name: "an index of indexes",
    make: () => sampleIndex([sampleIndex([sampleImage(), sampleImage()]), sampleIndex([sampleImage()])]),
  },
  {
    name: "an index of artifacts",
    make: () =>
      sampleIndex([sampleArtifact("application/vnd.example.a"), sampleArtifact("application/vnd.example.b")], {
        artifactType: "application/vnd.example.list",
      }),
  },
  {
    name: "a Docker manifest list",
    make: () =>
      sampleIndex([sampleImage({}, { isDocker: true }), sampleImage({}, { isDocker: true })], {}, DOCKER_LIST_TYPE),
  },
  {
    name: "an index of OCI and Docker images",
    make: () => sampleIndex([sampleImage(), sampleImage({}, { isDocker: true })]),
  },
  {
    name: "an image with a subject that does not exist",
    make: () => sampleImage({ subject: { mediaType: OCI_MANIFEST_TYPE, digest: digestOf(randomBytes(8)), size: 123 } }),
  },
];

/** The same parts under another document. */
function withDocument(image: SampleManifest, document: unknown): SampleManifest {
  const bytes = Buffer.from(JSON.stringify(document));
  return {
    ...image,
    bytes,
    descriptor: { mediaType: image.mediaType, digest: digestOf(bytes), size: bytes.length },
  };
}

/** Without an artifact type, which then is that of the config (distribution-spec, "Listing Referrers"). */
function withOwnConfig(artifact: SampleManifest): SampleManifest {
  const { artifactType: _, ...document } = JSON.parse(artifact.bytes.toString()) as Readonly<
    Record<string, unknown>
  > & {
    readonly config: object;
  };
  return withDocument(artifact, {
    ...document,
    config: { ...document.config, mediaType: "application/vnd.example.config+json" },
  });
}
