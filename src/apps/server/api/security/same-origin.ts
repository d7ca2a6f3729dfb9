// SPDX-License-Identifier: Apache-2.0

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** The headers of a request that say which page sent it. */
export interface OriginHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly "sec-fetch-site"?: string | string[] | undefined;
}

/**
 * Whether a request that changes something may come from where it says it comes from. Second line after
 * `SameSite=Strict` (which counts every port of a host, and every subdomain, as the same site): a page of another
 * origin is refused. Programs that are no browsers send neither header and carry no cookie of their own accord.
 */
export function isSameOrigin(method: string, headers: OriginHeaders): boolean {
  if (SAFE_METHODS.has(method)) {
    return true;
  }
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") {
    return false;
  }
  if (headers.origin === undefined) {
    return true;
  }
  try {
    return new URL(headers.origin).host === new URL(`http://${headers.host ?? ""}`).host;
  } catch {
    // `Origin: null` (sandboxed frames, redirects) or not an origin at all
    return false;
  }
}
