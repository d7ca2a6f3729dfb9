// SPDX-License-Identifier: Apache-2.0
import { type Digest, LIMITS } from "#base";
import { type Descriptor, type ImageSource, MANIFEST_MEDIA_TYPES, parseManifest } from "#oci";
import type { ReferrerSource } from "#signatures";
import { readDatabaseArtifact } from "./artifact-manifest.ts";
import type { ArtifactTarget } from "./artifact-types.ts";
import type { LayoutTarget } from "./layout-target.ts";

/** Where an artifact is copied to, with what is attached to it. */
export interface MirrorTarget extends ArtifactTarget, Partial<Pick<LayoutTarget, "writeBlob" | "hasBlob">> {
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

/** What was copied. */
export interface MirroredArtifact {
  readonly manifest: Digest;
  /** Signatures and other things that are attached to it. */
  readonly referrers: number;
}

/**
 * Copies a database from one registry or layout to another, byte for byte and with its signatures, so that it can be verified
 * where it arrives. The tag is written last.
 */
export async function mirrorArtifact(options: {
  readonly source: ImageSource;
  readonly referrers: ReferrerSource;
  readonly target: MirrorTarget;
  readonly tag?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly step: string; readonly done: number; readonly total: number }) => void;
}): Promise<MirroredArtifact> {
  const { source, referrers, target, signal } = options;
  const { root } = source;
  // refuses what is no database, so that nothing else is mirrored by mistake
  await readDatabaseArtifact(source, signal);
  const manifest = parseManifest(root.bytes, root.mediaType);
  const blobs = manifest.kind === "image" ? [manifest.config, ...manifest.layers] : [];
  for (const [done, descriptor] of blobs.entries()) {
    options.onProgress?.({ step: descriptor.digest.slice(0, 19), done, total: blobs.length });
    await copyBlob(source, descriptor, target, signal);
  }
  await target.pushManifest(root.digest, root.mediaType, root.bytes, signal);
  let attached = 0;
  for (const descriptor of (await referrers.listReferrers(root.digest, signal)).slice(0, LIMITS.maxReferrers)) {
    const found = MANIFEST_MEDIA_TYPES.includes(descriptor.mediaType)
      ? await referrers.readManifest(descriptor.digest, signal)
      : undefined;
    const referrer = found === undefined ? undefined : parseManifest(found.bytes, found.mediaType);
    if (found === undefined || referrer?.kind !== "image" || referrer.subject?.digest !== root.digest) {
      continue;
    }
    for (const blob of [referrer.config, ...referrer.layers]) {
      await target.pushBlob(await referrers.readBlob(blob, LIMITS.maxAttestationBytes, signal), signal);
    }
    await target.attachReferrer(
      root.digest,
      {
        mediaType: found.mediaType,
        bytes: found.bytes,
        artifactType: referrer.artifactType ?? referrer.config.mediaType,
        ...(referrer.annotations === undefined ? {} : { annotations: referrer.annotations }),
      },
      signal,
    );
    attached += 1;
  }
  if (options.tag !== undefined) {
    await target.pushManifest(options.tag, root.mediaType, root.bytes, signal);
  }
  return { manifest: root.digest, referrers: attached };
}

async function copyBlob(
  source: ImageSource,
  descriptor: Descriptor,
  target: MirrorTarget,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (target.hasBlob?.(descriptor.digest) === true) {
    return;
  }
  const chunks = await source.openBlob(descriptor, signal);
  if (target.writeBlob !== undefined) {
    await target.writeBlob(descriptor, chunks);
    return;
  }
  const parts: Buffer[] = [];
  for await (const chunk of chunks) {
    parts.push(Buffer.from(chunk));
  }
  await target.pushBlob(Buffer.concat(parts), signal);
}
