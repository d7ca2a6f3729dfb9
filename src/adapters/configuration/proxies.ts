// SPDX-License-Identifier: Apache-2.0

/** Proxies for outgoing requests, by scheme of the target. */
export interface Proxies {
  readonly http?: string;
  readonly https?: string;
  /** Names, suffixes, addresses and CIDRs that are asked directly. */
  readonly noProxy?: string;
}

/** What HTTP_PROXY, HTTPS_PROXY and NO_PROXY say, in upper or lower case. */
export function readProxies(environment: Readonly<Record<string, string | undefined>>): Proxies {
  const http = environment["HTTP_PROXY"] ?? environment["http_proxy"];
  const https = environment["HTTPS_PROXY"] ?? environment["https_proxy"];
  const noProxy = environment["NO_PROXY"] ?? environment["no_proxy"];
  return { ...(http ? { http } : {}), ...(https ? { https } : {}), ...(noProxy ? { noProxy } : {}) };
}
