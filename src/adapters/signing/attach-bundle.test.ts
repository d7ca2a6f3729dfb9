// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { digestOf } from "#base";
import { OCI_MANIFEST } from "#oci";
import { attachBundle } from "./attach-bundle.ts";

it("writes the manifest that cosign 3 writes", async () => {
  const blobs: string[] = [];
  const manifests: unknown[] = [];
  const subject = { mediaType: OCI_MANIFEST, digest: digestOf("image"), size: 400 };
  await attachBundle(
    {
      pushBlob: (bytes) => {
        blobs.push(Buffer.from(bytes).toString());
        return Promise.resolve({ digest: digestOf(bytes), size: bytes.length });
      },
      attachReferrer: (digest, referrer) => {
        manifests.push({ digest, ...referrer, bytes: JSON.parse(Buffer.from(referrer.bytes).toString()) as unknown });
        return Promise.resolve({ ...subject, digest: digestOf(referrer.bytes) });
      },
    },
    {
      subject,
      bundle: Buffer.from("bundle"),
      predicateType: "https://p.test",
      now: new Date("2026-11-22T08:00:00.5Z"),
    },
  );
  const annotations = {
    "dev.sigstore.bundle.content": "dsse-envelope",
    "dev.sigstore.bundle.predicateType": "https://p.test",
    "org.opencontainers.image.created": "2026-11-22T08:00:00Z",
  };
  const artifactType = "application/vnd.dev.sigstore.bundle.v0.3+json";
  expect(blobs).toEqual(["{}", "bundle"]);
  expect(manifests).toEqual([
    {
      digest: subject.digest,
      mediaType: OCI_MANIFEST,
      artifactType,
      annotations,
      bytes: {
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        artifactType,
        config: { mediaType: "application/vnd.oci.empty.v1+json", size: 2, digest: digestOf("{}") },
        layers: [{ mediaType: artifactType, size: 6, digest: digestOf("bundle") }],
        annotations,
        subject,
      },
    },
  ]);
});
