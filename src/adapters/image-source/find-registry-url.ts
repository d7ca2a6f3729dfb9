// SPDX-License-Identifier: Apache-2.0
import type { RegistryOptions } from "./registry/registry-options.ts";

/** The base URL of a registry's API: plain HTTP by `plainHttp`, and by itself only toward this machine. */
export async function findRegistryUrl(
  registry: string,
  options: Pick<RegistryOptions, "plainHttp" | "caFile">,
): Promise<URL> {
  // what speaks HTTP is loaded only by those who do: `haechi scan` of a folder does not
  const { registryUrl } = await import("./registry/registry-address.ts");
  return registryUrl(registry, options);
}
