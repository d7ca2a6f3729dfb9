// SPDX-License-Identifier: Apache-2.0
import type { ImageSource } from "#oci";
import { openDockerArchive } from "./docker-archive.ts";
import { openFolder } from "./files/folder.ts";
import { openTarArchive } from "./files/tar-archive.ts";
import { parseImageLocation } from "./location.ts";
import { openOciLayout } from "./oci-layout.ts";

export interface ImageSourceOptions {
  readonly signal?: AbortSignal;
}

/** The image at a location; the caller disposes it. */
export async function openImageSource(location: string, options: ImageSourceOptions = {}): Promise<ImageSource> {
  const parsed = parseImageLocation(location);
  if (parsed.kind === "registry") {
    throw new Error("not yet");
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
