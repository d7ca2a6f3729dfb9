// SPDX-License-Identifier: Apache-2.0
import { isIPv4 } from "node:net";
import { ImageSourceError } from "../errors.ts";
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

/** Whether the URL leads to this machine, by address or by the reserved name (RFC 6761). */
export function isLoopback(url: URL): boolean {
  const host = url.hostname;
  return (
    host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || (isIPv4(host) && host.startsWith("127."))
  );
}

/**
 * The target of a redirect or of a token realm that a registry names. Throws when it is not HTTP, carries credentials,
 * or leaves TLS.
 */
export function followUrl(target: string, from: URL): URL {
  let url: URL;
  try {
    url = new URL(target, from);
  } catch (error) {
    throw new ImageSourceError("REGISTRY_ANSWER_INVALID", "the registry names an invalid address", { cause: error });
  }
  if ((url.protocol !== "https:" && url.protocol !== "http:") || url.username !== "" || url.password !== "") {
    throw new ImageSourceError("REGISTRY_ANSWER_INVALID", "the registry leads to an address that is not followed");
  }
  if (from.protocol === "https:" && url.protocol === "http:") {
    throw new ImageSourceError("PLAIN_HTTP_REFUSED", "the registry leads from HTTPS to plain HTTP", {
      details: { host: url.host },
    });
  }
  return url;
}
