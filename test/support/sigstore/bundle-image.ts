// SPDX-License-Identifier: Apache-2.0
import { type Digest, digestOf } from "#base";
import { OCI_EMPTY, OCI_MANIFEST } from "#oci";
import type { TestImage } from "../image-builder.ts";

/** The type of a Sigstore bundle, as cosign attaches it. */
const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

/** The manifest that attaches a bundle to an image, with what it is made of. */
export function bundleImage(subject: TestImage, bundle: Uint8Array): TestImage {
  const bytes = Buffer.from(bundle);
  const empty = Buffer.from("{}");
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: BUNDLE,
      config: { mediaType: OCI_EMPTY, digest: digestOf(empty), size: empty.length },
      layers: [{ mediaType: BUNDLE, digest: digestOf(bytes), size: bytes.length }],
      subject: subject.manifest,
    }),
  );
  return {
    blobs: new Map<Digest, Buffer>([empty, bytes, manifest].map((blob) => [digestOf(blob), blob])),
    manifest: { digest: digestOf(manifest), mediaType: OCI_MANIFEST, size: manifest.length },
  };
}
