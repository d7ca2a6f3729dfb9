// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { CodedError, compareText, type Digest, digestAlgorithm, digestHex, LIMITS } from "#base";
import {
  type Descriptor,
  type ImageManifest,
  isImageConfig,
  isSamePlatform,
  MANIFEST_MEDIA_TYPES,
  type Manifest,
  OCI_INDEX,
  parseManifest,
} from "#oci";
import { ImageSourceError } from "../errors.ts";
import type { FetchedManifest } from "../registry/fetched-manifest.ts";
import type { ArchiveSource } from "./archive-source.ts";

/** Indexes in indexes; none is known that goes deeper than two. */
const MAX_DEPTH = 4;
/** Signatures of attestations of an image. */
const MAX_ATTACHED_DEPTH = 2;
/** Manifests of one archive with all that is attached. */
const MAX_MANIFESTS = 20_000;
/** How cosign names what it stores beside an image. */
const ACCESSORY_TAGS = ["sig", "att", "sbom"] as const;
/** Layers that need not be there (OCI image-spec, layer.md, "Non-Distributable Layers"). */
const NON_DISTRIBUTABLE = /nondistributable|\.foreign\./;
const DEFAULT_PLATFORM = { os: "linux", architecture: "amd64" } as const;

/** `docker`: what `docker save` writes, without what is attached. `oci`: an OCI layout, with it. Both are OCI layouts. */
export type ArchiveFormat = "docker" | "oci";

/** An image that goes into an archive. */
export interface ImageToArchive {
  /** Host, e.g. `registry.example:5000`. */
  readonly registry: string;
  readonly repository: string;
  /** Absent: only the digest names it. */
  readonly tag?: string;
  readonly root: FetchedManifest;
  readonly source: ArchiveSource;
}

export interface PlannedBlob {
  readonly descriptor: Descriptor;
  readonly isManifest: boolean;
  readonly source: ArchiveSource;
}

/** All that an archive will consist of. */
export interface ArchivePlan {
  readonly format: ArchiveFormat;
  /** In the order of the archive. */
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  readonly blobs: readonly PlannedBlob[];
  readonly contentBytes: number;
  /** The same for two archives exactly if their bytes are. */
  readonly fingerprint: string;
  /** What is attached to an image and cannot be read, each with why. */
  readonly problems: readonly string[];
}

/**
 * Looks at all manifests of the images, so that nothing is missing later. Throws `MANIFEST_UNKNOWN` for an index whose children are
 * not all there, `LIMIT_EXCEEDED`, `BLOB_TOO_LONG` for manifests that contradict each other, and what sources and `#oci` throw.
 */
export async function planImageArchive(
  images: readonly ImageToArchive[],
  format: ArchiveFormat,
  signal?: AbortSignal,
): Promise<ArchivePlan> {
  const planner = new Planner(signal);
  const tags = images.flatMap(({ tag }) => (tag === undefined ? [] : [tag]));
  const named = new Map<string, Digest>();
  for (const image of images) {
    const name = nameOf(image);
    if (named.get(name) === image.root.digest) {
      continue;
    }
    if (named.has(name)) {
      throw new ImageSourceError("IMAGE_AMBIGUOUS", `${name} was given twice, with two digests`);
    }
    named.set(name, image.root.digest);
    const isTagUnique = tags.filter((tag) => tag === image.tag).length === 1;
    await planner.addImage(image, { isTagUnique, withAttached: format === "oci" });
  }
  return planner.finish(format);
}

/** Where a blob lies in the archive. */
export function blobPath(digest: Digest): string {
  return `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`;
}

interface DockerImage {
  readonly Config: string;
  readonly RepoTags: string[];
  readonly Layers: readonly string[];
}

class Planner {
  readonly #signal: AbortSignal | undefined;
  readonly #blobs = new Map<Digest, PlannedBlob>();
  readonly #index: Descriptor[] = [];
  readonly #docker = new Map<Digest, DockerImage>();
  readonly #problems: string[] = [];
  #manifests = 0;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  async addImage(
    image: ImageToArchive,
    { isTagUnique, withAttached }: { readonly isTagUnique: boolean; readonly withAttached: boolean },
  ): Promise<void> {
    const { root, source, tag } = image;
    const digests = await this.#addTree(root, source, 0);
    this.#index.push({
      ...descriptorOf(root),
      annotations: {
        "io.containerd.image.name": nameOf(image),
        // as docker writes it; two images with the same tag need more to be told apart
        ...(tag === undefined ? {} : { "org.opencontainers.image.ref.name": isTagUnique ? tag : nameOf(image) }),
      },
    });
    const runnable = await this.#findRunnable(root, source, 0);
    if (runnable !== undefined) {
      this.#addDockerImage(image, runnable);
    }
    if (withAttached) {
      for (const digest of digests) {
        await this.#addReferrers(digest, source, 0);
        await this.#addAccessories(image, digest);
      }
    }
  }

  finish(format: ArchiveFormat): ArchivePlan {
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: this.#index };
    const files = [
      { path: "oci-layout", bytes: jsonBytes({ imageLayoutVersion: "1.0.0" }) },
      { path: "index.json", bytes: jsonBytes(index) },
      ...(format === "docker" ? [{ path: "manifest.json", bytes: jsonBytes([...this.#docker.values()]) }] : []),
    ];
    for (const { path, bytes } of files) {
      if (bytes.length > LIMITS.maxManifestBytes) {
        throw new ImageSourceError("LIMIT_EXCEEDED", `too many images for one archive: ${path} would be too large`);
      }
    }
    const blobs = [...this.#blobs.values()].toSorted((a, b) => compareText(a.descriptor.digest, b.descriptor.digest));
    const hash = createHash("sha256");
    for (const { path, bytes } of files) {
      hash.update(`${path} ${bytes.length}\n`).update(bytes);
    }
    for (const { descriptor } of blobs) {
      hash.update(`${descriptor.digest} ${descriptor.size}\n`);
    }
    return {
      format,
      files,
      blobs,
      contentBytes: blobs.reduce((sum, { descriptor }) => sum + descriptor.size, 0),
      fingerprint: hash.digest("hex"),
      problems: this.#problems,
    };
  }

  /** The digests of the manifest and of all below it. */
  async #addTree(fetched: FetchedManifest, source: ArchiveSource, depth: number): Promise<readonly Digest[]> {
    this.#signal?.throwIfAborted();
    this.#manifests += 1;
    if (depth > MAX_DEPTH || this.#manifests > MAX_MANIFESTS) {
      throw new ImageSourceError("LIMIT_EXCEEDED", "there are more manifests, or deeper ones, than an archive takes");
    }
    const manifest = parseManifest(fetched.bytes, fetched.mediaType);
    this.#add({ descriptor: descriptorOf(fetched), isManifest: true, source });
    const digests: Digest[] = [fetched.digest];
    for (const child of partsOf(manifest)) {
      if (manifest.kind === "index" && MANIFEST_MEDIA_TYPES.includes(child.mediaType)) {
        digests.push(...(await this.#addTree(await this.#readChild(child, source), source, depth + 1)));
      } else if (!NON_DISTRIBUTABLE.test(child.mediaType)) {
        this.#add({ descriptor: child, isManifest: false, source });
      }
    }
    return digests;
  }

  async #readChild(child: Descriptor, source: ArchiveSource): Promise<FetchedManifest> {
    const fetched = await source.readManifest(child.digest, this.#signal);
    if (fetched === undefined) {
      throw new ImageSourceError(
        "MANIFEST_UNKNOWN",
        `the image lists ${child.digest}, which its repository does not have`,
      );
    }
    return fetched;
  }

  #add(blob: PlannedBlob): void {
    const { digest, size } = blob.descriptor;
    if (size > LIMITS.maxLayerBytes) {
      throw new ImageSourceError("LIMIT_EXCEEDED", `${digest} is larger than any layer may be`);
    }
    const there = this.#blobs.get(digest);
    if (there !== undefined && there.descriptor.size !== size) {
      throw new ImageSourceError(
        "BLOB_TOO_LONG",
        `${digest} has ${size} bytes in one manifest and another size elsewhere`,
      );
    }
    if (there === undefined) {
      this.#blobs.set(digest, blob);
    }
  }

  /** What docker would run of it: the manifest itself, or the child for linux/amd64, or the first that is an image. */
  async #findRunnable(
    fetched: FetchedManifest,
    source: ArchiveSource,
    depth: number,
  ): Promise<ImageManifest | undefined> {
    const manifest = parseManifest(fetched.bytes, fetched.mediaType);
    if (manifest.kind === "image") {
      const isWhole = manifest.layers.every(({ mediaType }) => !NON_DISTRIBUTABLE.test(mediaType));
      return isImageConfig(manifest.config.mediaType) && isWhole ? manifest : undefined;
    }
    const children = manifest.manifests.filter(({ mediaType }) => MANIFEST_MEDIA_TYPES.includes(mediaType));
    for (const child of [...children.filter(isPreferred), ...children.filter((each) => !isPreferred(each))]) {
      const found =
        depth > MAX_DEPTH
          ? undefined
          : await this.#findRunnable(await this.#readChild(child, source), source, depth + 1);
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }

  #addDockerImage(image: ImageToArchive, manifest: ImageManifest): void {
    const there = this.#docker.get(manifest.config.digest) ?? {
      Config: blobPath(manifest.config.digest),
      RepoTags: [],
      Layers: manifest.layers.map(({ digest }) => blobPath(digest)),
    };
    this.#docker.set(manifest.config.digest, there);
    if (image.tag !== undefined) {
      there.RepoTags.push(nameOf(image));
    }
  }

  async #addReferrers(subject: Digest, source: ArchiveSource, depth: number): Promise<void> {
    for (const referrer of (await source.listReferrers(subject, this.#signal)).slice(0, LIMITS.maxReferrers)) {
      if (this.#blobs.has(referrer.digest)) {
        continue;
      }
      await this.#tryAttached(referrer.digest, async () => {
        const fetched = await this.#readChild(referrer, source);
        await this.#addTree(fetched, source, 0);
        const { artifactType, annotations } = referrer;
        this.#index.push({
          ...descriptorOf(fetched),
          ...(artifactType === undefined ? {} : { artifactType }),
          ...(annotations === undefined ? {} : { annotations: withoutNames(annotations) }),
        });
        if (depth < MAX_ATTACHED_DEPTH) {
          await this.#addReferrers(referrer.digest, source, depth + 1);
        }
      });
    }
  }

  async #addAccessories(image: ImageToArchive, subject: Digest): Promise<void> {
    for (const suffix of ACCESSORY_TAGS) {
      const tag = `${digestAlgorithm(subject)}-${digestHex(subject)}.${suffix}`;
      if (tag.length > 128) {
        continue;
      }
      await this.#tryAttached(tag, async () => {
        const root = await image.source.readManifest(tag, this.#signal);
        if (root !== undefined) {
          const accessory = { ...image, tag, root };
          await this.#addTree(root, image.source, 0);
          this.#index.push({
            ...descriptorOf(root),
            annotations: {
              "io.containerd.image.name": nameOf(accessory),
              "org.opencontainers.image.ref.name": tag,
            },
          });
        }
      });
    }
  }

  /** What cannot be read of it is told; the way to the source being gone is no reason to call an image unsigned. */
  async #tryAttached(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#signal?.throwIfAborted();
      const isAway = error instanceof ImageSourceError && /^(?:REGISTRY_|RATE_|UNAUTHORIZED)/.test(error.code);
      if (!(error instanceof CodedError) || isAway) {
        throw error;
      }
      this.#problems.push(`${what}: ${String(error.code)}: ${error.message}`);
    }
  }
}

function isPreferred({ platform }: Descriptor): boolean {
  return platform !== undefined && isSamePlatform(platform, DEFAULT_PLATFORM);
}

function partsOf(manifest: Manifest): readonly Descriptor[] {
  return manifest.kind === "index" ? manifest.manifests : [manifest.config, ...manifest.layers];
}

function descriptorOf({ mediaType, digest, bytes }: FetchedManifest): Descriptor {
  return { mediaType, digest, size: bytes.length };
}

/** e.g. `registry.example/team/app:1.0`. */
function nameOf({ registry, repository, tag, root }: ImageToArchive): string {
  return `${registry}/${repository}${tag === undefined ? `@${root.digest}` : `:${tag}`}`;
}

/** A referrer that calls itself an image would be taken for one. */
function withoutNames(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(annotations).filter(
      ([key]) => key !== "io.containerd.image.name" && key !== "org.opencontainers.image.ref.name",
    ),
  );
}

function jsonBytes(document: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(document));
}
