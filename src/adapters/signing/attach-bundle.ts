// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { type Descriptor, OCI_EMPTY, OCI_MANIFEST } from "#oci";

/** Media type of the layer and artifact type of the manifest that cosign 3 looks for. */
const BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

const EMPTY = Buffer.from("{}");

/** The part of a repository that takes attachments; `RepositoryClient` of `#image-source` fulfils it. */
export interface AttachmentTarget {
  pushBlob(bytes: Uint8Array, signal?: AbortSignal): Promise<{ readonly digest: Digest; readonly size: number }>;
  attachReferrer(
    subject: Digest,
    referrer: {
      readonly mediaType: string;
      readonly bytes: Uint8Array;
      readonly artifactType: string;
      readonly annotations?: Readonly<Record<string, string>>;
    },
    signal?: AbortSignal,
  ): Promise<Descriptor>;
}

/** Stores a bundle as a referrer of the subject the way that cosign 3 does. Returns the descriptor of the referrer. */
export async function attachBundle(
  target: AttachmentTarget,
  attachment: {
    readonly subject: Descriptor;
    readonly bundle: Uint8Array;
    readonly predicateType: string;
    readonly now: Date;
  },
  signal?: AbortSignal,
): Promise<Descriptor> {
  const { subject, predicateType, now } = attachment;
  const config = await target.pushBlob(EMPTY, signal);
  const layer = await target.pushBlob(attachment.bundle, signal);
  const annotations = {
    "dev.sigstore.bundle.content": "dsse-envelope",
    "dev.sigstore.bundle.predicateType": predicateType,
    "org.opencontainers.image.created": `${now.toISOString().slice(0, 19)}Z`,
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: BUNDLE_TYPE,
    config: { mediaType: OCI_EMPTY, size: config.size, digest: config.digest },
    layers: [{ mediaType: BUNDLE_TYPE, size: layer.size, digest: layer.digest }],
    annotations,
    subject: { mediaType: subject.mediaType, size: subject.size, digest: subject.digest },
  };
  return await target.attachReferrer(
    subject.digest,
    { mediaType: OCI_MANIFEST, bytes: Buffer.from(JSON.stringify(manifest)), artifactType: BUNDLE_TYPE, annotations },
    signal,
  );
}
