// SPDX-License-Identifier: Apache-2.0
import { type Digest, LIMITS } from "#base";
import {
  createTarReader,
  type Descriptor,
  DOCKER_MANIFEST,
  type ImageManifest,
  isImageConfig,
  layerCompression,
} from "#oci";

/** Statements and signatures are small and few; what is larger is judged as an image. */
const MAX_STATEMENT_BYTES = 4 * 1024 * 1024;
const MAX_STATEMENTS = 32;

/** Reads a small blob, or `undefined` when it is missing or too large. */
export type ReadBlob = (digest: Digest, maxBytes: number) => Promise<Uint8Array | undefined>;

/**
 * Whether a manifest can be run (`image`) or only read (`artifact`). Judged by content: what a manifest calls itself
 * proves nothing, since a runtime that does not ask for the media type would run it.
 *
 * - A config of an image type, or any config that lists a `rootfs`, makes an image, and so does a config that we cannot
 *   read and another reader perhaps can. In a Docker manifest every config does: podman and CRI-O unpack the layers
 *   whatever it says (tried with `{}` as application/octet-stream).
 * - Unless none of its layers can be a file system: not called one, and each is one whole JSON text, which a compressed
 *   file cannot be, and no tar. That is how cosign stores signatures and BuildKit attestations.
 */
export async function classifyManifest(manifest: ImageManifest, readBlob: ReadBlob): Promise<"image" | "artifact"> {
  const isRunnable =
    manifest.mediaType === DOCKER_MANIFEST ||
    isImageConfig(manifest.config.mediaType) ||
    (await mayListRootfs(manifest.config, readBlob));
  if (!isRunnable) {
    return "artifact";
  }
  return (await holdsOnlyStatements(manifest.layers, readBlob)) ? "artifact" : "image";
}

async function mayListRootfs(config: Descriptor, readBlob: ReadBlob): Promise<boolean> {
  const bytes = config.size > LIMITS.maxConfigBytes ? undefined : await readBlob(config.digest, LIMITS.maxConfigBytes);
  if (bytes === undefined) {
    // Too large to look into, or not there yet: a config called a foreign layer may be pushed after its manifest.
    return true;
  }
  const value = parseJson(bytes);
  if (value === undefined) {
    // Go reads text that is not valid UTF-8, and its decoders stop at the end of the first value.
    return /^[ \t\r\n]*\{/.test(Buffer.from(bytes).toString("latin1"));
  }
  // Go's JSON reader accepts the key in any case.
  return typeof value === "object" && value !== null && Object.keys(value).some((key) => fold(key) === fold("rootfs"));
}

async function holdsOnlyStatements(layers: readonly Descriptor[], readBlob: ReadBlob): Promise<boolean> {
  const couldBe =
    layers.length > 0 &&
    layers.length <= MAX_STATEMENTS &&
    layers.every((layer) => layerCompression(layer.mediaType) === undefined && layer.size <= MAX_STATEMENT_BYTES);
  if (!couldBe) {
    return false;
  }
  for (const layer of layers) {
    const bytes = await readBlob(layer.digest, MAX_STATEMENT_BYTES);
    if (parseJson(bytes) === undefined || (bytes !== undefined && beginsTar(bytes))) {
      return false;
    }
  }
  return true;
}

/** A tar header may be written without NULs and be part of a JSON string, and so may scripts behind it. */
function beginsTar(bytes: Uint8Array): boolean {
  let hasEntry = false;
  const reader = createTarReader({
    onEntry() {
      hasEntry = true;
    },
    onProblem() {
      hasEntry = true;
    },
    select: () => false,
    onFile: () => undefined,
  });
  try {
    reader.write(bytes);
  } catch {
    // not a tar from some place on
  }
  return hasEntry;
}

function parseJson(bytes: Uint8Array | undefined): unknown {
  try {
    return bytes === undefined
      ? undefined
      : (JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown);
  } catch {
    return undefined;
  }
}

/** U+017F folds to s, as in Go's JSON reader. */
function fold(key: string): string {
  return key.toLowerCase().toUpperCase();
}
