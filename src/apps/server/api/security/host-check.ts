// SPDX-License-Identifier: Apache-2.0
import { isIP } from "node:net";
import type { ListenAddress } from "#configuration";

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "::1"];

/**
 * A predicate on `Host` headers. A web page of an attacker may let its own name resolve to 127.0.0.1 (DNS rebinding)
 * and would then be "same origin" with a listener on loopback: only names that we know may ask. A listener on other
 * addresses is reached by names we cannot know; sessions there are kept apart by the browser, since the cookie belongs
 * to the real name.
 */
export function createHostCheck(
  listen: ListenAddress,
  configuredNames: readonly string[],
): (host: string | undefined) => boolean {
  if (!isLoopback(listen.host)) {
    return (host) => host !== undefined && host !== "";
  }
  const known = new Set([listen.host, ...LOOPBACK_NAMES, ...configuredNames.map(hostnameOf)].map(normalize));
  return (host) => host !== undefined && known.has(normalize(hostnameOf(host)));
}

/** Whether an address of a socket or of the configuration is this machine's loopback. */
export function isLoopback(host: string): boolean {
  const plain = host.startsWith("::ffff:") ? host.slice("::ffff:".length) : host;
  return plain === "localhost" || plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}

/** `Host` is `name`, `name:port` or `[address]:port` (RFC 9110, 7.2). */
function hostnameOf(host: string): string {
  if (host.startsWith("[")) {
    return host.slice(1, host.includes("]") ? host.indexOf("]") : undefined);
  }
  const colon = host.indexOf(":");
  return colon === -1 || colon !== host.lastIndexOf(":") ? host : host.slice(0, colon);
}

function normalize(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
