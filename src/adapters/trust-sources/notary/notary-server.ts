// SPDX-License-Identifier: Apache-2.0
import type { NotaryRequirement } from "#signatures";

/** A Notary v1 server and who named it. */
export interface NotaryServer {
  /** Ends in `/`. */
  readonly url: URL;
  /** `content`: a policy named it, which may be one of a tenant. */
  readonly origin: "operator" | "content";
  /** Whether the registry's credentials are for it. */
  readonly takesCredentials: boolean;
}

/** Registries whose trust service is known to Portieris, too. Names are whole hosts: `evildocker.io` is none of them. */
const KNOWN: ReadonlyMap<string, string> = new Map([
  ["docker.io", "https://notary.docker.io"],
  ["quay.io", "https://quay.io:443"],
]);

/** What is known about servers before anything is asked. */
export interface KnownServers {
  /** Registry (`host[:port]`, exact) → URL. */
  readonly servers?: Readonly<Record<string, string>>;
  /** Who wrote all requirements: `operator` (flags, files of a command), else each says it of itself (default: a tenant). */
  readonly requirementsBy?: "operator" | "content";
}

/** Whether somebody runs a Notary v1 server for a registry (`host[:port]`, exact): the operator named one, or it is known. */
export function isTrustServiceKnown(registry: string, servers: Readonly<Record<string, string>>): boolean {
  return Object.hasOwn(servers, registry) || KNOWN.has(registry);
}

/**
 * The server that is asked about images of the registry, or `undefined` when nobody named one; `invalid` for a URL that
 * is none. Credentials go to servers that the operator or this table names and to the registry's own host. A policy could
 * otherwise have the pull secrets of others sent to a server of its author.
 */
export function findNotaryServer(
  requirement: Pick<NotaryRequirement, "server" | "addressBy">,
  registry: string,
  { servers = {}, requirementsBy = "content" }: KnownServers,
): NotaryServer | "invalid" | undefined {
  const configured = Object.hasOwn(servers, registry) ? servers[registry] : KNOWN.get(registry);
  const text = requirement.server ?? configured;
  if (text === undefined) {
    return undefined;
  }
  const url = parseServerUrl(text);
  if (url === undefined) {
    return "invalid";
  }
  const isConfigured = configured !== undefined && parseServerUrl(configured)?.href === url.href;
  const isOperators = isConfigured || requirementsBy === "operator" || requirement.addressBy === "operator";
  const origin = isOperators ? "operator" : "content";
  const isForIt = origin === "operator" || url.hostname === hostnameOf(registry);
  return { url, origin, takesCredentials: isForIt && isSafeForCredentials(url) };
}

function parseServerUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    return undefined;
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    return undefined;
  }
  url.pathname = url.pathname.endsWith("/") ? url.pathname : `${url.pathname}/`;
  return url;
}

function isSafeForCredentials(url: URL): boolean {
  return url.protocol === "https:" || ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
}

function hostnameOf(registry: string): string | undefined {
  return URL.parse(`https://${registry}/`)?.hostname;
}
