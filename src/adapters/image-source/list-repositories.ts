// SPDX-License-Identifier: Apache-2.0
import type { RegistryOptions } from "./registry/registry-options.ts";

/**
 * The repositories of a registry, page by page (Docker Registry HTTP API V2, "Listing Repositories"; many registries
 * have no such list, or only for administrators). Throws `ImageSourceError`; `LIMIT_EXCEEDED` beyond
 * `LIMITS.maxListedRepositories`.
 */
export async function* listRepositories(
  registry: string,
  options: RegistryOptions & { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<string, void, undefined> {
  const { readCatalog } = await import("./registry/read-catalog.ts");
  yield* readCatalog(registry, options);
}
