// SPDX-License-Identifier: Apache-2.0
import { isLoopback } from "#http";
import type { RegistryOptions } from "./registry-options.ts";

/** Docker Hub's API has another name than its images. */
const API_HOSTS: Readonly<Record<string, string>> = { "docker.io": "registry-1.docker.io" };

/** The base URL of a registry's API. Plain HTTP by `plainHttp`, and by itself only toward this machine. */
export function registryUrl(registry: string, options: Pick<RegistryOptions, "plainHttp" | "caFile">): URL {
  const host = API_HOSTS[registry] ?? registry;
  // A CA file says that the registry on loopback speaks TLS.
  const isPlain = options.plainHttp ?? (options.caFile === undefined && isLoopback(new URL(`https://${host}`)));
  return new URL(`${isPlain ? "http" : "https"}://${host}/`);
}
