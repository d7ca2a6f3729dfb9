// SPDX-License-Identifier: Apache-2.0

import { isLoopbackAddress, unbracketed } from "./address-rules.ts";
import { HttpError } from "./errors.ts";

/** Whether the URL leads to this machine, by address or by the reserved name (RFC 6761). */
export function isLoopback(url: URL): boolean {
  const host = url.hostname;
  return host === "localhost" || host.endsWith(".localhost") || isLoopbackAddress(unbracketed(host));
}

/**
 * The target of a redirect or of a token realm that an answer names. Throws `ADDRESS_INVALID` when it is not HTTP or
 * carries credentials, `TLS_LEFT` when it leaves TLS.
 */
export function followUrl(target: string, from: URL): URL {
  if (!URL.canParse(target, from.href)) {
    throw new HttpError("ADDRESS_INVALID", `${from.host} names an invalid address`);
  }
  const url = new URL(target, from);
  assertHttpUrl(url, `${from.host} leads to an address that is not followed`);
  if (from.protocol === "https:" && url.protocol === "http:") {
    throw new HttpError("TLS_LEFT", `${from.host} leads from HTTPS to plain HTTP`, { details: { host: url.host } });
  }
  return url;
}

/** Throws `ADDRESS_INVALID` with the message for what is not HTTP or has credentials in it, which would end in logs. */
export function assertHttpUrl(url: URL, message: string): void {
  if ((url.protocol !== "https:" && url.protocol !== "http:") || url.username !== "" || url.password !== "") {
    throw new HttpError("ADDRESS_INVALID", message);
  }
}
