// SPDX-License-Identifier: Apache-2.0
import { type Digest, digestAlgorithm, digestHex, LIMITS } from "#base";
import { type Descriptor, type ImageSource, parseManifest } from "#oci";
import { ImageSourceError } from "./errors.ts";
import { type FileTree, type ReadableFile, readSmallFile } from "./files/file-tree.ts";
import { offeredNames } from "./offered-names.ts";
import { readVerified, verifyFile } from "./verify-content.ts";

/** Which image of a layout is meant. */
export interface LayoutSelection {
  readonly location: string;
  readonly name?: string;
  readonly digest?: Digest;
}

/** Annotations by which programs name the images of a layout (OCI image-spec, annotations.md; containerd). */
const NAME_ANNOTATIONS: readonly string[] = ["org.opencontainers.image.ref.name", "io.containerd.image.name"];
const MAX_LAYOUT_FILE_BYTES = 4_096;

/**
 * An image of an OCI image layout (image-spec, image-layout.md). Takes ownership of `files`. Throws `LAYOUT_INVALID`,
 * `IMAGE_NOT_FOUND`, `IMAGE_AMBIGUOUS` (several images and no name), and errors of blobs and of `#oci`.
 */
export async function openOciLayout(files: FileTree, selection: LayoutSelection): Promise<ImageSource> {
  return {
    location: selection.location,
    root: await readLayoutRoot(files, selection),
    readManifest: async (descriptor) =>
      readVerified((await findBlob(files, descriptor.digest)).read(), descriptor, LIMITS.maxManifestBytes),
    openBlob: async (descriptor, signal) => {
      const blob = await findBlob(files, descriptor.digest);
      return verifyFile(blob, descriptor, signal);
    },
    [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
  };
}

/** The manifest that a selection means. */
export async function readLayoutRoot(files: FileTree, selection: LayoutSelection): Promise<ImageSource["root"]> {
  await assertLayoutVersion(files);
  // A digest says it all; it may name a child of an index that index.json does not list.
  return selection.digest === undefined
    ? await readNamed(files, selection.name)
    : await readByDigest(files, selection.digest);
}

/** Throws `LAYOUT_INVALID` for a folder that is no layout, or one of another version. */
export async function assertLayoutVersion(files: FileTree): Promise<void> {
  const text = Buffer.from(await readSmall(files, "oci-layout", MAX_LAYOUT_FILE_BYTES)).toString("utf8");
  let version: unknown;
  try {
    const document: unknown = JSON.parse(text);
    version =
      typeof document === "object" && document !== null && "imageLayoutVersion" in document
        ? document.imageLayoutVersion
        : undefined;
  } catch (error) {
    throw new ImageSourceError("LAYOUT_INVALID", "the file oci-layout is not JSON", { cause: error });
  }
  if (version !== "1.0.0") {
    throw new ImageSourceError("LAYOUT_INVALID", "expected imageLayoutVersion 1.0.0 in the file oci-layout");
  }
}

async function readNamed(files: FileTree, name: string | undefined): Promise<ImageSource["root"]> {
  const descriptor = selectDescriptor(await readLayoutIndex(files), name);
  const blob = await findBlob(files, descriptor.digest);
  const bytes = await readVerified(blob.read(), descriptor, LIMITS.maxManifestBytes);
  return { mediaType: descriptor.mediaType, digest: descriptor.digest, bytes };
}

/** What `index.json` lists. */
export async function readLayoutIndex(files: FileTree): Promise<readonly Descriptor[]> {
  const index = parseManifest(await readSmall(files, "index.json", LIMITS.maxManifestBytes));
  if (index.kind !== "index") {
    throw new ImageSourceError("LAYOUT_INVALID", "index.json is not an index");
  }
  return index.manifests;
}

/** Whether the layout gives the manifest that name. */
export function isNamed(descriptor: Descriptor, name: string): boolean {
  return NAME_ANNOTATIONS.some((annotation) => descriptor.annotations?.[annotation] === name);
}

function selectDescriptor(manifests: readonly Descriptor[], name: string | undefined): Descriptor {
  const fitting = manifests.filter((each) => name === undefined || isNamed(each, name));
  const [first] = fitting;
  if (first === undefined) {
    const names = namesOf(manifests);
    throw new ImageSourceError(
      "IMAGE_NOT_FOUND",
      `${`the layout has no image ${name ?? ""}`.trimEnd()}${offeredNames(names)}`,
      { details: { names } },
    );
  }
  if (fitting.some((each) => each.digest !== first.digest)) {
    const names = namesOf(fitting);
    throw new ImageSourceError(
      "IMAGE_AMBIGUOUS",
      `the layout has several images: name one of them${offeredNames(names)}`,
      { details: { names } },
    );
  }
  return first;
}

/** The size of a manifest that is named by digest alone is what the file has. */
async function readByDigest(files: FileTree, digest: Digest): Promise<ImageSource["root"]> {
  const blob = await findBlob(files, digest);
  const bytes = await readVerified(blob.read(), { digest, size: blob.size }, LIMITS.maxManifestBytes);
  return { mediaType: parseManifest(bytes).mediaType, digest, bytes };
}

function namesOf(manifests: readonly Descriptor[]): readonly string[] {
  return manifests.map((each) => each.annotations?.[NAME_ANNOTATIONS[0] ?? ""] ?? each.digest).slice(0, 20);
}

async function findBlob(files: FileTree, digest: Digest): Promise<ReadableFile> {
  const blob = await files.find(`blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`);
  if (blob === undefined) {
    throw new ImageSourceError("BLOB_MISSING", `the layout has no blob ${digest}`, { details: { digest } });
  }
  return blob;
}

async function readSmall(files: FileTree, path: string, maxBytes: number): Promise<Uint8Array> {
  const file = await files.find(path);
  if (file === undefined) {
    throw new ImageSourceError(
      "LAYOUT_INVALID",
      `the file ${path} is missing: not an OCI image layout; what docker save wrote is docker-archive:FILE, a root file system dir:FOLDER`,
    );
  }
  return readSmallFile(file, path, maxBytes);
}
