// SPDX-License-Identifier: Apache-2.0
import { type ImageSource, parseManifest } from "#oci";
import type { ScanError } from "#scanner";
import { classifyManifest, type ReadBlob } from "../registry/manifests/classify-manifest.ts";
import type { ScanAnswer } from "./protocol.ts";

/**
 * What a manifest is that calls itself no image. Policies may let pass what a scanner does not support, and runtimes do
 * not ask what a configuration is called: only what nobody can run is "not supported", anything else could not be read.
 */
export async function describeUnscanned(source: ImageSource, error: ScanError): Promise<ScanAnswer> {
  const manifest = parseManifest(source.root.bytes, source.root.mediaType);
  const isRunnable =
    manifest.kind === "index" || (await classifyManifest(manifest, readerOf(source, manifest))) === "image";
  const { mediaType } = error.details;
  return isRunnable
    ? { state: "failed", message: `${error.message}, and a runtime might run it all the same` }
    : { state: "unsupported", message: typeof mediaType === "string" ? mediaType : error.message };
}

/** Reads small blobs of the manifest; what cannot be read counts as something that might run. */
function readerOf(
  source: ImageSource,
  { config, layers }: Extract<ReturnType<typeof parseManifest>, { kind: "image" }>,
): ReadBlob {
  return async (digest, maxBytes) => {
    const descriptor = [config, ...layers].find((each) => each.digest === digest);
    if (descriptor === undefined || descriptor.size > maxBytes) {
      return undefined;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of await source.openBlob(descriptor)) {
      // a chunk is valid until the next one
      chunks.push(Buffer.from(chunk));
    }
    return Buffer.concat(chunks);
  };
}
