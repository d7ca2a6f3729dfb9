// SPDX-License-Identifier: Apache-2.0
import type { Digest } from "#base";
import type { ImageReference } from "#oci";
import type { RegistryOptions } from "./registry-options.ts";

/** A manifest as a registry gave it, its digest verified. */
export interface FetchedManifest {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/** The manifest that a reference names, without its content; e.g. to learn the digest of a tag. */
export async function fetchManifest(
  reference: ImageReference,
  options: RegistryOptions & { readonly signal?: AbortSignal } = {},
): Promise<FetchedManifest> {
  const { openRegistryClient } = await import("./registry-client.ts");
  await using client = await openRegistryClient(reference, options);
  return await client.fetchManifest(reference.digest ?? reference.tag ?? "latest", options.signal);
}
