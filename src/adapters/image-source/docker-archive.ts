// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { type Digest, DigestStream, digestOf, isDigest, LIMITS, messageOf } from "#base";
import {
  type Descriptor,
  DOCKER_CONFIG,
  type ImageSource,
  OCI_LAYER,
  OCI_LAYER_GZIP,
  OCI_LAYER_ZSTD,
  OCI_MANIFEST,
  parseImageConfig,
  parseImageReference,
  renderImageReference,
} from "#oci";
import { ImageSourceError } from "./errors.ts";
import { type FileTree, gather, type ReadableFile, readSmallFile } from "./files/file-tree.ts";
import { offeredNames } from "./offered-names.ts";
import { verifyFile } from "./verify-content.ts";

/** One image of `manifest.json` (Docker image spec 1.2, "Combined Image JSON + Filesystem Changeset Format"). */
const archiveSchema = z.array(
  z.object({
    Config: z.string().min(1),
    RepoTags: z.array(z.string()).nullish(),
    Layers: z.array(z.string().min(1)).max(LIMITS.maxDescriptors).nullish(),
  }),
);
type ArchivedImage = z.infer<typeof archiveSchema>[number];

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** Newer Docker names blobs by their digest: a claim that is verified when the layer is read. */
const BLOB_PATH = /^blobs\/sha256\/([0-9a-f]{64})$/;

/**
 * An image of a `docker save` archive. Such archives have no manifest, so one is made: its digest is that of our own
 * bytes. An uncompressed layer needs no reading for that, since its digest is the diffID. Takes ownership of `files`.
 * Throws `ARCHIVE_INVALID`, `IMAGE_NOT_FOUND`, `IMAGE_AMBIGUOUS`, and errors of `#oci`.
 */
export async function openDockerArchive(
  files: FileTree,
  selection: { readonly location: string; readonly name?: string; readonly signal?: AbortSignal | undefined },
): Promise<ImageSource> {
  const image = selectImage(await readImages(files), selection.name);
  const configBytes = await readSmallFile(await findFile(files, image.Config), image.Config, LIMITS.maxConfigBytes);
  const { diffIds } = parseImageConfig(configBytes);
  const paths = image.Layers ?? [];
  if (paths.length !== diffIds.length) {
    throw new ImageSourceError(
      "ARCHIVE_INVALID",
      `manifest.json names ${paths.length} layers, the image configuration ${diffIds.length}`,
    );
  }
  const config: Descriptor = { mediaType: DOCKER_CONFIG, digest: digestOf(configBytes), size: configBytes.length };
  const blobs = new Map<Digest, ReadableFile>();
  blobs.set(config.digest, { size: configBytes.length, read: () => once(configBytes) });
  const layers: Descriptor[] = [];
  for (const [index, path] of paths.entries()) {
    const file = await findFile(files, path);
    const layer = await describeLayer(file, path, diffIds[index] as Digest, selection.signal);
    layers.push(layer);
    blobs.set(layer.digest, file);
  }
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }));
  return {
    location: selection.location,
    root: { mediaType: OCI_MANIFEST, digest: digestOf(bytes), bytes },
    readManifest: (descriptor) => Promise.reject(missing(descriptor.digest)),
    openBlob: (descriptor, signal) => {
      const file = blobs.get(descriptor.digest);
      return file === undefined
        ? Promise.reject(missing(descriptor.digest))
        : Promise.resolve(verifyFile(file, descriptor, signal));
    },
    [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
  };
}

/** All names that `manifest.json` of the archive gives, each once. Throws `ARCHIVE_INVALID`, `IMAGE_AMBIGUOUS` for a name with two images. */
export async function listArchivedNames(files: FileTree): Promise<readonly string[]> {
  const configs = new Map<string, string>();
  for (const { Config, RepoTags } of await readImages(files)) {
    for (const name of RepoTags ?? []) {
      if ((configs.get(name) ?? Config) !== Config) {
        throw new ImageSourceError("IMAGE_AMBIGUOUS", `the archive has two images of the name ${name.slice(0, 256)}`);
      }
      configs.set(name, Config);
    }
  }
  return [...configs.keys()];
}

async function readImages(files: FileTree): Promise<readonly ArchivedImage[]> {
  const file = await files.find("manifest.json");
  if (file === undefined) {
    throw new ImageSourceError(
      "ARCHIVE_INVALID",
      "the archive has no manifest.json: not made by docker save; an OCI archive is oci-archive:FILE",
    );
  }
  const bytes = await readSmallFile(file, "manifest.json", LIMITS.maxManifestBytes);
  try {
    return archiveSchema.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  } catch (error) {
    const why = error instanceof z.ZodError ? (error.issues[0]?.message ?? "") : messageOf(error);
    throw new ImageSourceError("ARCHIVE_INVALID", `manifest.json of the archive is malformed: ${why}`, {
      cause: error,
    });
  }
}

function selectImage(images: readonly ArchivedImage[], name: string | undefined): ArchivedImage {
  const wanted = name === undefined ? undefined : renderImageReference(parseImageReference(name));
  const fitting = images.filter(
    (image) => wanted === undefined || (image.RepoTags ?? []).some((tag) => isSameName(tag, wanted)),
  );
  const names = images.flatMap((image) => image.RepoTags ?? []).slice(0, 20);
  const [first, second] = fitting;
  if (first === undefined) {
    throw new ImageSourceError(
      "IMAGE_NOT_FOUND",
      `${`the archive has no image ${name ?? ""}`.trimEnd()}${offeredNames(names)}`,
      { details: { names } },
    );
  }
  if (second !== undefined && second.Config !== first.Config) {
    throw new ImageSourceError(
      "IMAGE_AMBIGUOUS",
      `the archive has several images: name one of them${offeredNames(names)}`,
      { details: { names } },
    );
  }
  return first;
}

function isSameName(tag: string, wanted: string): boolean {
  try {
    return renderImageReference(parseImageReference(tag)) === wanted;
  } catch {
    return false;
  }
}

async function describeLayer(
  file: ReadableFile,
  path: string,
  diffId: Digest,
  signal: AbortSignal | undefined,
): Promise<Descriptor> {
  const head = Buffer.from(await readHead(file));
  const isGzip = head.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC);
  if (!isGzip && !head.subarray(0, ZSTD_MAGIC.length).equals(ZSTD_MAGIC)) {
    return { mediaType: OCI_LAYER, digest: diffId, size: file.size };
  }
  const mediaType = isGzip ? OCI_LAYER_GZIP : OCI_LAYER_ZSTD;
  const named = `sha256:${BLOB_PATH.exec(path)?.[1] ?? ""}`;
  return { mediaType, digest: isDigest(named) ? named : await digestFile(file, signal), size: file.size };
}

async function readHead(file: ReadableFile): Promise<Uint8Array> {
  return gather(file.read(undefined, ZSTD_MAGIC.length), ZSTD_MAGIC.length);
}

async function digestFile(file: ReadableFile, signal: AbortSignal | undefined): Promise<Digest> {
  const hash = new DigestStream();
  for await (const chunk of file.read(signal)) {
    hash.update(chunk);
  }
  return hash.digest();
}

async function findFile(files: FileTree, path: string): Promise<ReadableFile> {
  const file = await files.find(path);
  if (file === undefined) {
    throw new ImageSourceError("ARCHIVE_INVALID", `the archive lacks the file ${path.slice(0, 256)}`);
  }
  return file;
}

function missing(digest: Digest): ImageSourceError {
  return new ImageSourceError("BLOB_MISSING", `the archive has no blob ${digest}`, { details: { digest } });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield await Promise.resolve(bytes);
}
