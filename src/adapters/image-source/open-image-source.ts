// SPDX-License-Identifier: Apache-2.0
import type { ImageSource } from "#oci";
import { openDockerArchive } from "./docker-archive.ts";
import { openFolder } from "./files/folder.ts";
import { openTarArchive } from "./files/tar-archive.ts";
import { parseImageLocation } from "./location.ts";
import { openOciLayout } from "./oci-layout.ts";
import type { RegistryOptions } from "./registry/registry-options.ts";

/** How registries are reached (used for `docker://` only), and when to give up. */
export interface ImageSourceOptions extends RegistryOptions {
  readonly signal?: AbortSignal;
}

/**
 * The image at a location: `docker://REFERENCE`, `oci:FOLDER[:TAG|@DIGEST]`, `oci-archive:FILE[:TAG|@DIGEST]` or
 * `docker-archive:FILE[:REFERENCE]`, or the root file system at `dir:FOLDER`. The caller disposes it. Throws `ImageSourceError`, and `OciError` for a malformed
 * reference, manifest or configuration.
 */
export async function openImageSource(location: string, options: ImageSourceOptions = {}): Promise<ImageSource> {
  const parsed = parseImageLocation(location);
  if (parsed.kind === "registry") {
    // The HTTP client costs time and memory that a scan of local files can do without.
    const { openRegistryImage } = await import("./registry/registry-image.ts");
    return await openRegistryImage(parsed.reference, { ...options, location });
  }
  if (parsed.kind === "dir") {
    const { openRootFolder } = await import("./root-folder/open-root-folder.ts");
    return await openRootFolder(parsed.path, { location, signal: options.signal });
  }
  const files =
    parsed.kind === "oci" ? await openFolder(parsed.path) : await openTarArchive(parsed.path, options.signal);
  try {
    return parsed.kind === "docker-archive"
      ? await openDockerArchive(files, { ...parsed, location, signal: options.signal })
      : await openOciLayout(files, { ...parsed, location });
  } catch (error) {
    await files[Symbol.asyncDispose]();
    throw error;
  }
}
