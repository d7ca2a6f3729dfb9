// SPDX-License-Identifier: Apache-2.0
import { type Digest, LIMITS } from "#base";
import type { BlobStore } from "#blob-store";
import type { ManifestRecord } from "#database";
import { type Descriptor, MANIFEST_MEDIA_TYPES, type Manifest, OciError, parseImageConfig, renderPlatform } from "#oci";
import { RegistryError } from "../errors.ts";
import type { BlobCatalog } from "./blob-catalog.ts";
import { classifyManifest } from "./classify-manifest.ts";
import type { ManifestCatalog } from "./manifest-catalog.ts";

const QUERIES_AT_ONCE = 8;

/** Layers that are not distributed: their bytes stay elsewhere and may be missing here (OCI image-spec, layer.md). */
const NON_DISTRIBUTABLE = /^application\/vnd\.(?:oci\.image\.layer\.nondistributable|docker\.image\.rootfs\.foreign)\./;

type Reference = ManifestRecord["references"][number];

export interface DescribeOptions {
  readonly repository: string;
  readonly blobs: BlobStore;
  readonly blobCatalog: BlobCatalog;
  readonly manifests: ManifestCatalog;
  /** Manifests that an index lists may be missing (distribution-spec 1.1, "Pushing Manifests": MAY); default false. */
  readonly isSparse?: boolean;
}

/** What the database has to know about a manifest beside its bytes. */
export type ManifestDescription = Pick<ManifestRecord, "kind" | "references"> &
  Partial<Pick<ManifestRecord, "artifactType" | "subject" | "platform">>;

/**
 * Checks that everything a manifest needs is in the repository, with the size and the type that it says
 * (`MANIFEST_BLOB_UNKNOWN`, `SIZE_INVALID`, `MANIFEST_INVALID`), and says what kind of manifest it is. A subject need
 * not exist yet (distribution-spec, "Pushing Manifests with Subject").
 */
export async function describeManifest(manifest: Manifest, options: DescribeOptions): Promise<ManifestDescription> {
  const subject = manifest.subject === undefined ? {} : { subject: manifest.subject.digest };
  if (manifest.kind === "index") {
    const references = await inBatches(manifest.manifests, (child) => checkChild(child, options));
    return { kind: "index", references: unique(references), ...subject, ...artifactTypeOf(manifest.artifactType) };
  }
  const references: readonly Reference[] = [
    ...(await inBatches([manifest.config], (config) => checkBlob(config, options))),
    ...(await inBatches(manifest.layers, (layer) => checkBlob(layer, options))),
  ];
  const kind = await classifyManifest(manifest, (digest, maxBytes) => readSmall(options, digest, maxBytes));
  return {
    kind,
    references: unique(references),
    ...subject,
    ...artifactTypeOf(manifest.artifactType ?? manifest.config.mediaType),
    ...(kind === "image" ? await platformOf(manifest.config, options) : {}),
  };
}

async function checkBlob(descriptor: Descriptor, options: DescribeOptions): Promise<Reference> {
  const link = await options.blobCatalog.find(options.repository, descriptor.digest);
  // Damaged or lost bytes count as missing, so that a push that was acknowledged is whole.
  if (link === undefined || (await options.blobs.stat(descriptor.digest)) === undefined) {
    if (NON_DISTRIBUTABLE.test(descriptor.mediaType)) {
      // Named all the same: should it come later, it belongs to this manifest, which keeps it and decides who gets it.
      return { digest: descriptor.digest, kind: "blob", sizeBytes: descriptor.size, isForeign: true };
    }
    throw unknownReference(descriptor);
  }
  assertSize(descriptor, link.sizeBytes);
  return { digest: descriptor.digest, kind: "blob", sizeBytes: link.sizeBytes };
}

/** A child of an index; BuildKit's cache lists blobs there. */
async function checkChild(descriptor: Descriptor, options: DescribeOptions): Promise<Reference> {
  if (descriptor.isEmbedded === true) {
    // The index may be served when one child is allowed: it must not carry the others (containerd reads `data`).
    throw new RegistryError("MANIFEST_INVALID", "the index carries a child as data", {
      details: { digest: descriptor.digest },
    });
  }
  if (!MANIFEST_MEDIA_TYPES.includes(descriptor.mediaType)) {
    return await checkBlob(descriptor, options);
  }
  const child = await options.manifests.find(options.repository, descriptor.digest);
  // as with blobs: what is damaged has to be pushed again before something is acknowledged that needs it
  if (child === undefined || (await options.blobs.stat(descriptor.digest)) === undefined) {
    if (options.isSparse === true) {
      // Whoever asks for it is judged when it is there; until then nobody can tell, so it never counts as allowed.
      return { digest: descriptor.digest, kind: "manifest", sizeBytes: descriptor.size };
    }
    throw unknownReference(descriptor);
  }
  assertSize(descriptor, child.sizeBytes);
  if (child.mediaType !== descriptor.mediaType) {
    // One digest under two types is how a client and a checker come to read different things.
    throw new RegistryError("MANIFEST_INVALID", "the index gives a child another media type than it was pushed with", {
      details: { digest: descriptor.digest, found: descriptor.mediaType, pushedAs: child.mediaType },
    });
  }
  return { digest: descriptor.digest, kind: "manifest", sizeBytes: child.sizeBytes };
}

function assertSize(descriptor: Descriptor, sizeBytes: number): void {
  if (descriptor.size !== sizeBytes) {
    throw new RegistryError("SIZE_INVALID", `descriptor says ${descriptor.size} bytes, content has ${sizeBytes}`, {
      details: { digest: descriptor.digest },
    });
  }
}

function unknownReference(descriptor: Descriptor): RegistryError {
  return new RegistryError("MANIFEST_BLOB_UNKNOWN", `the repository does not have ${descriptor.digest}`, {
    details: { digest: descriptor.digest },
  });
}

async function platformOf(config: Descriptor, options: DescribeOptions): Promise<{ readonly platform?: string }> {
  const bytes = await readSmall(options, config.digest, LIMITS.maxConfigBytes);
  try {
    // Shown to people; the scan reads it again and reports what is wrong with it.
    return bytes === undefined ? {} : { platform: renderPlatform(parseImageConfig(bytes).platform).slice(0, 255) };
  } catch (error) {
    if (error instanceof OciError) {
      return {};
    }
    throw error;
  }
}

/**
 * A blob that the manifest names and that is not larger than what it may be read for. The blob store is one for all repositories: what
 * this one was never given (a config that is called a foreign layer) is not its to read.
 */
async function readSmall(options: DescribeOptions, digest: Digest, maxBytes: number): Promise<Uint8Array | undefined> {
  const link = await options.blobCatalog.find(options.repository, digest);
  const stored = link === undefined ? undefined : await options.blobs.stat(digest);
  return stored === undefined || stored.sizeBytes > maxBytes ? undefined : await options.blobs.read(digest, maxBytes);
}

function artifactTypeOf(artifactType: string | undefined): { readonly artifactType?: string } {
  return artifactType === undefined ? {} : { artifactType };
}

/** By kind, too: a child that is listed once more as something else stays a child, which is judged and needed. */
function unique(references: readonly Reference[]): readonly Reference[] {
  return [...new Map(references.map((each) => [`${each.kind} ${each.digest}`, each])).values()];
}

async function inBatches<T, R>(items: readonly T[], check: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += QUERIES_AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + QUERIES_AT_ONCE).map((item) => check(item)))));
  }
  return results;
}
