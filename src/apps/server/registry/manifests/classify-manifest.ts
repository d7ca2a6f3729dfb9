// SPDX-License-Identifier: Apache-2.0
import { type Digest, LIMITS } from "#base";
import { type Descriptor, type ImageManifest, isImageConfig, layerCompression } from "#oci";

/** Statements and signatures are small and few; what is larger is judged as an image. */
const MAX_STATEMENT_BYTES = 4 * 1024 * 1024;
const MAX_STATEMENTS = 32;

/** Reads a small blob, or `undefined` when it is missing or too large. */
export type ReadBlob = (digest: Digest, maxBytes: number) => Promise<Uint8Array | undefined>;

/**
 * Whether a manifest can be run (`image`) or only read (`artifact`). Judged by content: what a manifest calls itself
 * proves nothing, since a runtime that does not ask for the media type would run it.
 *
 * - A config of an image type, or any config that lists a `rootfs`, makes an image: without a list of layer digests no
 *   runtime can put a file system together.
 * - Unless none of its layers can be a file system: not called one, and each is one whole JSON text, which neither a
 *   tar nor a compressed file can be. That is how cosign stores signatures and BuildKit attestations.
 */
export async function classifyManifest(manifest: ImageManifest, readBlob: ReadBlob): Promise<"image" | "artifact"> {
  const isRunnable = isImageConfig(manifest.config.mediaType) || (await listsRootfs(manifest.config, readBlob));
  if (!isRunnable) {
    return "artifact";
  }
  return (await holdsOnlyStatements(manifest.layers, readBlob)) ? "artifact" : "image";
}

async function listsRootfs(config: Descriptor, readBlob: ReadBlob): Promise<boolean> {
  if (config.size > LIMITS.maxConfigBytes) {
    // No runtime reads a config of this size.
    return false;
  }
  const value = parseJson(await readBlob(config.digest, LIMITS.maxConfigBytes));
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
    if (parseJson(await readBlob(layer.digest, MAX_STATEMENT_BYTES)) === undefined) {
      return false;
    }
  }
  return true;
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
