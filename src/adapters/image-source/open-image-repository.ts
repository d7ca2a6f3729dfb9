// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import { type ImageReference, parseImageReference } from "#oci";
import { ImageSourceError } from "./errors.ts";
import { findRegistryUrl } from "./find-registry-url.ts";
import { parseImageLocation } from "./location.ts";
import { openRepository } from "./open-repository.ts";
import type { FetchedManifest } from "./registry/fetched-manifest.ts";
import type { RegistryOptions } from "./registry/registry-options.ts";
import type { RepositoryClient } from "./repository-client.ts";

/** An image with what is attached to it. */
export interface ImageRepository extends AsyncDisposable {
  /** Of a layout: a made-up name on this machine, with the digest. */
  readonly reference: ImageReference;
  /** The manifest or index that the location names, verified against its digest. */
  readonly root: FetchedManifest;
  readonly repository: RepositoryClient;
  /** Base URL of the registry's API. */
  readonly registryUrl?: URL;
  /** What the registry is asked with. */
  readonly credentials?: { readonly username: string; readonly password: string };
}

/**
 * The image at `docker://REFERENCE`, `oci:FOLDER[:TAG|@DIGEST]` or `oci-archive:FILE[:TAG|@DIGEST]`, to look at what is
 * attached to it. The caller disposes it. Throws `ImageSourceError` and `OciError`.
 */
export async function openImageRepository(
  location: string,
  options: RegistryOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<ImageRepository> {
  const parsed = parseImageLocation(location);
  await using opening = new AsyncDisposableStack();
  if (parsed.kind === "registry") {
    const { reference } = parsed;
    const repository = opening.use(await openRepository(reference, options));
    const root = await requireManifest(repository, reference.digest ?? reference.tag ?? "latest", options.signal);
    const credentials = await credentialsOf(reference, options);
    const open = opening.move();
    return {
      reference,
      root,
      repository,
      registryUrl: await findRegistryUrl(reference.registry, options),
      ...(credentials === undefined ? {} : { credentials }),
      [Symbol.asyncDispose]: () => open.disposeAsync(),
    };
  }
  if (parsed.kind === "dir") {
    throw new ImageSourceError("LOCATION_INVALID", "a folder holds no manifest, and so no signatures");
  }
  if (parsed.kind === "docker-archive") {
    throw new ImageSourceError("LOCATION_INVALID", "an archive of docker holds no manifest, and so no signatures");
  }
  const [{ openFolder }, { openTarArchive }, { openLayoutRepository }, { readLayoutRoot }] = await Promise.all([
    import("./files/folder.ts"),
    import("./files/tar-archive.ts"),
    import("./layout-repository.ts"),
    import("./oci-layout.ts"),
  ]);
  const files =
    parsed.kind === "oci" ? await openFolder(parsed.path) : await openTarArchive(parsed.path, options.signal);
  opening.use(files);
  const repository = await openLayoutRepository(files);
  const root = await readLayoutRoot(files, { ...parsed, location });
  const open = opening.move();
  return { reference: nameOf(root.digest), root, repository, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

async function requireManifest(
  repository: RepositoryClient,
  name: string,
  signal: AbortSignal | undefined,
): Promise<FetchedManifest> {
  const found = await repository.readManifest(name, signal);
  if (found === undefined) {
    throw new ImageSourceError("MANIFEST_UNKNOWN", `the registry does not have the image ${name}`);
  }
  return found;
}

async function credentialsOf(
  reference: ImageReference,
  options: RegistryOptions,
): Promise<{ readonly username: string; readonly password: string } | undefined> {
  const { findCredentials } = await import("#http");
  const found = options.credentials ?? findCredentials(options.credentialFiles ?? [], reference);
  return found === undefined || found.username === ""
    ? undefined
    : { username: found.username, password: found.password };
}

function nameOf(digest: Digest): ImageReference {
  return parseImageReference(`localhost/layout@${digest}`);
}
