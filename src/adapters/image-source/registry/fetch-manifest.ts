// SPDX-License-Identifier: Apache-2.0
import type { ImageReference } from "#oci";
import type { FetchedManifest } from "./fetched-manifest.ts";
import type { RegistryOptions } from "./registry-options.ts";

/** The manifest that a reference names, without its content; e.g. to learn the digest of a tag. */
export async function fetchManifest(
  reference: ImageReference,
  options: RegistryOptions & { readonly signal?: AbortSignal } = {},
): Promise<FetchedManifest> {
  const { openRegistryClient } = await import("./registry-client.ts");
  await using client = await openRegistryClient(reference, options);
  return await client.fetchManifest(reference.digest ?? reference.tag ?? "latest", options.signal);
}
