// SPDX-License-Identifier: Apache-2.0
import { type Digest, LIMITS, parseDigest } from "#base";
import { type Descriptor, OciError, parseImageReference, parseManifest } from "#oci";
import { listArchivedNames, openDockerArchive } from "../docker-archive.ts";
import { ImageSourceError } from "../errors.ts";
import type { FileTree } from "../files/file-tree.ts";
import { openTarArchive } from "../files/tar-archive.ts";
import { assertLayoutVersion, readLayoutIndex } from "../oci-layout.ts";
import type { FetchedManifest } from "../registry/fetched-manifest.ts";
import { readVerified, verifyContent } from "../verify-content.ts";
import type { ArchivedImage, ImageArchive } from "./archived-image.ts";
import { blobPath } from "./plan-archive.ts";

/**
 * Opens what `docker save`, podman, skopeo or `haechi registry save` wrote: all its images. Of an archive with both, the OCI layout counts,
 * since it has the digests that the images were pushed with. Throws `ARCHIVE_INVALID` (also for two files of one name and names that
 * lead out), `LAYOUT_INVALID`, `BLOB_MISSING`, `BLOB_DIGEST_MISMATCH`, and errors of `#oci`. Every blob is verified when it is read.
 */
export async function openImageArchive(path: string, signal?: AbortSignal): Promise<ImageArchive> {
  const files = await openTarArchive(path, signal, { isStrict: true });
  try {
    const isLayout = (await files.find("index.json")) !== undefined;
    const images = isLayout ? await readLayout(files, signal) : [];
    const isNamed = images.some(({ name }) => name !== undefined);
    const hasDockerManifest = (await files.find("manifest.json")) !== undefined;
    return {
      images: hasDockerManifest && !isNamed ? await readDockerImages(files, path, signal) : images,
      [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
    };
  } catch (error) {
    await files[Symbol.asyncDispose]();
    throw error;
  }
}

interface ListedManifest {
  readonly descriptor: Descriptor;
  readonly reference: Pick<ArchivedImage, "name" | "tag">;
  readonly manifest: FetchedManifest;
}

async function readLayout(files: FileTree, signal: AbortSignal | undefined): Promise<readonly ArchivedImage[]> {
  await assertLayoutVersion(files);
  const listed: ListedManifest[] = [];
  const referrers = new Map<Digest, Descriptor[]>();
  const tags = new Map<string, Digest>();
  for (const descriptor of await readLayoutIndex(files)) {
    signal?.throwIfAborted();
    const manifest = await readListed(files, descriptor);
    const reference = referenceOf(descriptor);
    const parsed = parseManifest(manifest.bytes, manifest.mediaType);
    if (parsed.subject !== undefined) {
      const artifactType =
        parsed.artifactType ?? (parsed.kind === "image" ? parsed.config.mediaType : descriptor.artifactType);
      const attached = referrers.get(parsed.subject.digest) ?? [];
      attached.push({ ...descriptor, ...(artifactType === undefined ? {} : { artifactType }) });
      referrers.set(parsed.subject.digest, attached);
    }
    // what is about another image comes along with that one, unless it has a name of its own
    if (parsed.subject === undefined || reference.tag !== undefined) {
      assertOnce(tags, reference, manifest.digest);
      listed.push({ descriptor, reference, manifest });
    }
  }
  return listed.map(({ reference, manifest }) => ({
    ...reference,
    root: manifest,
    readManifest: async (name) => {
      const digest = parseDigest(name) ?? tags.get(keyOf({ ...reference, tag: name }));
      return digest === undefined ? undefined : await readByDigest(files, digest);
    },
    listReferrers: (digest) => Promise.resolve(referrers.get(digest) ?? []),
    openBlob: async (descriptor, stop) => {
      const blob = await files.find(blobPath(descriptor.digest));
      if (blob === undefined) {
        throw missing(descriptor.digest);
      }
      return verifyContent(blob.read(stop), descriptor);
    },
  }));
}

async function readListed(files: FileTree, descriptor: Descriptor): Promise<FetchedManifest> {
  const blob = await files.find(blobPath(descriptor.digest));
  if (blob === undefined) {
    throw missing(descriptor.digest);
  }
  const bytes = await readVerified(blob.read(), descriptor, LIMITS.maxManifestBytes);
  return { mediaType: parseManifest(bytes, descriptor.mediaType).mediaType, digest: descriptor.digest, bytes };
}

async function readByDigest(files: FileTree, digest: Digest): Promise<FetchedManifest | undefined> {
  const blob = await files.find(blobPath(digest));
  if (blob === undefined) {
    return undefined;
  }
  const bytes = await readVerified(blob.read(), { digest, size: blob.size }, LIMITS.maxManifestBytes);
  return { mediaType: parseManifest(bytes).mediaType, digest, bytes };
}

function referenceOf({ annotations = {} }: Descriptor): Pick<ArchivedImage, "name" | "tag"> {
  const short = annotations["org.opencontainers.image.ref.name"];
  for (const text of [annotations["io.containerd.image.name"], short]) {
    // a bare word is a tag, as skopeo writes it; a name has at least a host or a path
    if (text !== undefined && text.includes("/")) {
      const { registry, repository, tag, isTagImplied } = parseImageReference(text);
      return { name: { registry, repository }, ...(tag === undefined || isTagImplied ? {} : { tag }) };
    }
  }
  return short !== undefined && /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(short) ? { tag: short } : {};
}

function assertOnce(tags: Map<string, Digest>, reference: Pick<ArchivedImage, "name" | "tag">, digest: Digest): void {
  const key = keyOf(reference);
  if (reference.tag !== undefined && (tags.get(key) ?? digest) !== digest) {
    throw new ImageSourceError("ARCHIVE_INVALID", `the archive has two images of the name ${key}`);
  }
  tags.set(key, digest);
}

function keyOf({ name, tag }: Pick<ArchivedImage, "name" | "tag">): string {
  return `${name === undefined ? "" : `${name.registry}/${name.repository}`}:${tag ?? ""}`;
}

/** Without a manifest in the archive one is made (`openDockerArchive`), so the digest is not the one that the image was pulled with. */
async function readDockerImages(
  files: FileTree,
  location: string,
  signal: AbortSignal | undefined,
): Promise<readonly ArchivedImage[]> {
  // the tree is ours, whoever reads an image of it
  const shared: FileTree = { find: (path) => files.find(path), [Symbol.asyncDispose]: () => Promise.resolve() };
  const names = await listArchivedNames(files);
  const images: ArchivedImage[] = [];
  for (const text of names.length === 0 ? [undefined] : names) {
    const source = await openDockerArchive(shared, { location, ...(text === undefined ? {} : { name: text }), signal });
    const reference = text === undefined ? undefined : parseImageReference(text);
    const { root } = source;
    images.push({
      ...(reference === undefined ? {} : { name: { registry: reference.registry, repository: reference.repository } }),
      ...(reference?.tag === undefined ? {} : { tag: reference.tag }),
      root,
      readManifest: (name) => Promise.resolve(name === root.digest || name === reference?.tag ? root : undefined),
      listReferrers: () => Promise.resolve([]),
      openBlob: (descriptor, stop) => source.openBlob(descriptor, stop),
    });
  }
  return images;
}

function missing(digest: Digest): ImageSourceError {
  return new ImageSourceError("BLOB_MISSING", `the archive lists ${digest} and does not have it`, {
    details: { digest },
  });
}

/** Whether what is wrong is the archive, rather than the way to it. */
export function isArchiveProblem(error: unknown): boolean {
  return (
    error instanceof OciError ||
    (error instanceof ImageSourceError &&
      /^(?:ARCHIVE_INVALID|LAYOUT_INVALID|BLOB_|LIMIT_|IMAGE_|MANIFEST_)/.test(error.code))
  );
}
