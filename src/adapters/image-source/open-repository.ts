// SPDX-License-Identifier: Apache-2.0
import type { ImageReference } from "#oci";
import type { RegistryOptions } from "./registry/registry-options.ts";
import type { RepositoryClient } from "./repository-client.ts";

/**
 * The repository of a reference in its registry, for what is attached to its images. To push, ask for the scopes `pull`
 * and `push`. The caller disposes it. Throws `ImageSourceError` for options that cannot be used; nothing is sent yet.
 */
export async function openRepository(
  reference: Pick<ImageReference, "registry" | "repository">,
  options: RegistryOptions = {},
): Promise<RepositoryClient> {
  const { openRegistryRepository } = await import("./registry/registry-repository.ts");
  return await openRegistryRepository(reference, options);
}
