// SPDX-License-Identifier: Apache-2.0
import { CodedError, type Digest, digestAlgorithm, digestHex, LIMITS, messageOf } from "#base";
import { BlobStoreError } from "#blob-store";
import { type FetchedManifest, ImageSourceError } from "#image-source";
import {
  type Descriptor,
  type ImageIndex,
  isRunnablePlatform,
  MANIFEST_MEDIA_TYPES,
  OciError,
  parseManifest,
} from "#oci";
import type { Author } from "../content/registry-content.ts";
import { RegistryError } from "../errors.ts";
import type { CopySource } from "./copy-source.ts";
import type { CopyTarget } from "./copy-target.ts";

/** Indexes in indexes; none is known that goes deeper than two. */
const MAX_DEPTH = 4;
/** Signatures of attestations of an image. */
const MAX_ATTACHED_DEPTH = 2;
/** Manifests of one image with all that is attached: its children with signatures each. */
const MAX_MANIFESTS = 10_000;
/** Problems that are told. */
const MAX_PROBLEMS = 200;
const BLOBS_AT_ONCE = 3;
/** How cosign names what it stores beside an image. */
const ACCESSORY_TAGS = ["sig", "att", "sbom"] as const;
/** Layers that need not be there (OCI image-spec, layer.md, "Non-Distributable Layers"). */
const NON_DISTRIBUTABLE = /nondistributable|\.foreign\./;

export interface ImageCopyOptions {
  readonly source: CopySource;
  readonly content: CopyTarget;
  /** Where the images come to lie. */
  readonly repository: string;
  readonly author: Author;
  readonly signal: AbortSignal;
  /** The children of an index that come along at once; the others must not be needed. Default: all. */
  readonly selectChildren?: (index: ImageIndex) => readonly Descriptor[];
  /**
   * Whether only what can be read comes along of what is attached, or listed as what no runtime selects, as `isArtifact` says it. Anybody who may push can attach an image to
   * one that was judged; that one was not.
   */
  readonly isArtifact?: (digest: Digest) => Promise<boolean>;
  /** Called as bytes arrived. */
  readonly onBytes?: (bytes: number) => void;
  /** Called after each manifest that was new there. */
  readonly onManifest?: () => Promise<void>;
}

/** What was copied so far. */
export interface CopyCounts {
  readonly manifests: number;
  /** Bytes that were sent; what was there already does not count. */
  readonly bytes: number;
  /** What is attached to an image and could not be copied, each with why. */
  readonly problems: readonly { readonly what: string; readonly why: string }[];
}

/**
 * Copies images with their children, and what is attached to them, through the same door as a push: every digest and
 * size is verified, and nothing is acknowledged that is not whole. What is there is not sent again, so a copy that was
 * interrupted goes on where it was.
 */
export class ImageCopy {
  readonly #options: ImageCopyOptions;
  readonly #problems: { readonly what: string; readonly why: string }[] = [];
  readonly #listed = new Set<Digest>();
  #manifests = 0;
  #bytes = 0;
  #seen = 0;

  constructor(options: ImageCopyOptions) {
    this.#options = options;
  }

  get counts(): CopyCounts {
    return { manifests: this.#manifests, bytes: this.#bytes, problems: this.#problems };
  }

  /** The image and its children. Throws `ImageSourceError`, `OciError`, and `RegistryError` of the push. */
  async copyImage(manifest: FetchedManifest, tag?: string): Promise<void> {
    await this.#copyTree(manifest, { tag }, 0);
  }

  /** The same under a tag that leads nowhere yet, or there already; `DENIED` with what it leads to as `taken` in the details. */
  async copyAsNew(manifest: FetchedManifest, tag: string): Promise<void> {
    await this.#copyTree(manifest, { tag, isNewTag: true }, 0);
  }

  /**
   * Signatures, attestations and whatever else is attached to the image or a child of it that was copied. What cannot be
   * copied is a problem in the counts; only the connection to the source being gone is thrown.
   */
  async copyAttached(manifest: FetchedManifest): Promise<void> {
    // an index may list the same child any number of times
    for (const digest of new Set(await this.#copiedDigests(manifest, 0))) {
      await this.#copyReferrers(digest, 0);
      await this.#copyAccessoryTags(digest);
    }
  }

  async #copyTree(
    fetched: FetchedManifest,
    { tag, isNewTag }: { readonly tag?: string | undefined; readonly isNewTag?: true },
    depth: number,
  ): Promise<void> {
    const { content, repository, author, signal, selectChildren } = this.#options;
    signal.throwIfAborted();
    this.#seen += 1;
    if (depth > MAX_DEPTH || this.#seen > MAX_MANIFESTS) {
      throw new ImageSourceError("LIMIT_EXCEEDED", "the image has more manifests, or deeper ones, than are copied");
    }
    const { mediaType, bytes, digest } = fetched;
    const there = await content.findWholeManifest(repository, digest);
    if (there === undefined) {
      const manifest = parseManifest(bytes, mediaType);
      if (manifest.kind === "index") {
        for (const child of selectChildren?.(manifest) ?? manifest.manifests) {
          await this.#copyChild(child, depth);
        }
      } else {
        await this.#copyBlobs([manifest.config, ...manifest.layers]);
      }
    } else if (tag === undefined || (await content.findWholeManifest(repository, tag))?.digest === digest) {
      return;
    }
    signal.throwIfAborted();
    const isSparse = selectChildren === undefined ? {} : { isSparse: true as const };
    await content.putManifest(
      repository,
      {
        ...{ mediaType, bytes, digest },
        ...(tag === undefined ? {} : { tag }),
        ...(isNewTag === undefined ? {} : { isNewTag }),
        ...isSparse,
      },
      author,
    );
    if (there === undefined) {
      this.#manifests += 1;
      await this.#options.onManifest?.();
    }
  }

  async #copyChild(child: Descriptor, depth: number): Promise<void> {
    const { source, signal } = this.#options;
    if (!isRunnablePlatform(child)) {
      // Verdicts on an index leave out what no runtime selects.
      await this.#assertMayAttach(child);
    }
    if (!MANIFEST_MEDIA_TYPES.includes(child.mediaType)) {
      await this.#copyBlobs([child]);
      return;
    }
    const fetched = await source.readManifest(child.digest, signal);
    if (fetched === undefined) {
      throw new ImageSourceError("MANIFEST_UNKNOWN", `the source lists ${child.digest} and does not have it`);
    }
    await this.#copyTree(fetched, {}, depth + 1);
  }

  async #copyBlobs(descriptors: readonly Descriptor[]): Promise<void> {
    const waiting = [...new Map(descriptors.map((each) => [each.digest, each])).values()];
    // one that fails stops the others before their next blob
    const failed = new AbortController();
    const signal = AbortSignal.any([this.#options.signal, failed.signal]);
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        signal.throwIfAborted();
        await this.#copyBlob(next, signal);
      }
    };
    const outcomes = await Promise.allSettled(
      Array.from({ length: BLOBS_AT_ONCE }, async () => {
        try {
          await work();
        } catch (error) {
          failed.abort(error);
          throw error;
        }
      }),
    );
    if (outcomes.some(({ status }) => status === "rejected")) {
      this.#options.signal.throwIfAborted();
      throw failed.signal.reason;
    }
  }

  async #copyBlob(descriptor: Descriptor, signal: AbortSignal): Promise<void> {
    if (descriptor.size > LIMITS.maxLayerBytes) {
      throw new ImageSourceError("LIMIT_EXCEEDED", `${descriptor.digest} is larger than any layer may be`);
    }
    try {
      const bytes = await this.#options.source.provideBlob(descriptor, signal);
      this.#bytes += bytes;
      this.#options.onBytes?.(bytes);
    } catch (error) {
      const isMissing = error instanceof ImageSourceError && error.code === "BLOB_MISSING";
      if (!isMissing || !NON_DISTRIBUTABLE.test(descriptor.mediaType)) {
        throw error;
      }
    }
  }

  /** The manifest and those below it that the repository has by now. */
  async #copiedDigests(fetched: FetchedManifest, depth: number): Promise<readonly Digest[]> {
    const manifest = parseManifest(fetched.bytes, fetched.mediaType);
    if (manifest.kind !== "index" || depth > MAX_DEPTH) {
      return [fetched.digest];
    }
    const { content, repository } = this.#options;
    const digests: Digest[] = [fetched.digest];
    for (const child of manifest.manifests) {
      const record = await content.findWholeManifest(repository, child.digest);
      if (record !== undefined && digests.length < MAX_MANIFESTS) {
        const { mediaType, digest } = record;
        const below =
          record.kind === "index" ? { mediaType, digest, bytes: await content.readManifest(digest) } : undefined;
        digests.push(...(below === undefined ? [digest] : await this.#copiedDigests(below, depth + 1)));
      }
    }
    return digests;
  }

  async #copyReferrers(subject: Digest, depth: number): Promise<void> {
    const { source, signal } = this.#options;
    // lists may name each other, or what was listed already, in whatever number
    if (this.#listed.has(subject) || this.#seen > MAX_MANIFESTS) {
      return;
    }
    this.#listed.add(subject);
    const referrers = await this.#tryAttached(`referrers of ${subject}`, () => source.listReferrers(subject, signal));
    for (const { digest } of (referrers ?? []).slice(0, LIMITS.maxReferrers)) {
      const isCopied = await this.#tryAttached(digest, async () => {
        const fetched = await source.readManifest(digest, signal);
        if (fetched === undefined) {
          throw new ImageSourceError("MANIFEST_UNKNOWN", "the source lists it and does not have it");
        }
        await this.#assertMayAttach(fetched);
        await this.#copyTree(fetched, {}, 0);
        return true;
      });
      if (isCopied === true && depth < MAX_ATTACHED_DEPTH) {
        await this.#copyReferrers(digest, depth + 1);
      }
    }
  }

  async #copyAccessoryTags(subject: Digest): Promise<void> {
    const { source, signal } = this.#options;
    for (const suffix of ACCESSORY_TAGS) {
      const tag = `${digestAlgorithm(subject)}-${digestHex(subject)}.${suffix}`;
      if (tag.length <= 128) {
        await this.#tryAttached(tag, async () => {
          const fetched = await source.readManifest(tag, signal);
          if (fetched !== undefined) {
            await this.#assertMayAttach(fetched);
            await this.#copyTree(fetched, { tag }, 0);
          }
        });
      }
    }
  }

  async #assertMayAttach({ digest }: Pick<Descriptor, "digest">): Promise<void> {
    const { isArtifact } = this.#options;
    if (isArtifact !== undefined && !(await isArtifact(digest))) {
      throw new RegistryError("DENIED", "it is an image itself, which nobody judged, and not only something to read");
    }
  }

  /** What cannot be used of it is a problem; a source that is away, or asks to wait, is no reason to call an image unsigned. */
  async #tryAttached<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#options.signal.throwIfAborted();
      if (!isAboutContent(error)) {
        throw error;
      }
      if (this.#problems.length < MAX_PROBLEMS) {
        this.#problems.push({
          what,
          why: error instanceof CodedError ? `${String(error.code)}: ${error.message}` : messageOf(error),
        });
      }
      return undefined;
    }
  }
}

/** The failure is one of what was read, not of the way to it. */
export function isAboutContent(error: unknown): boolean {
  if (error instanceof ImageSourceError) {
    return [
      "BLOB_MISSING",
      "BLOB_TOO_SHORT",
      "BLOB_TOO_LONG",
      "BLOB_DIGEST_MISMATCH",
      "LIMIT_EXCEEDED",
      "MANIFEST_UNKNOWN",
      "REGISTRY_ANSWER_INVALID",
    ].includes(error.code);
  }
  if (error instanceof BlobStoreError) {
    // what is wrong with our own storage is no fault of the image
    return ["SIZE_LIMIT", "DIGEST_MISMATCH", "BLOB_TOO_LARGE"].includes(error.code);
  }
  const ofOurs = ["DISK_FULL", "QUOTA_EXCEEDED", "UNAVAILABLE", "UNKNOWN"];
  return error instanceof OciError || (error instanceof RegistryError && !ofOurs.includes(error.code));
}
