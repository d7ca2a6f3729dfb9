// SPDX-License-Identifier: Apache-2.0
import type { Configuration, ListenAddress } from "./configuration.ts";

/**
 * The names (host, host:port) of our registry, the main one first: those that are configured, then the addresses that it
 * listens on. Server and command line match policies by all of them, so that both come to the same entry. A process that
 * has no registry listens nowhere: `localhost:5000` in a Pod's image is then whatever runs on the Pod's node.
 */
export function registryNamesOf({
  registry,
  listen,
  roles,
}: Pick<Configuration, "registry" | "listen" | "roles">): readonly string[] {
  const addresses = [listen.registry, listen.registryPublic].filter((address) => address !== undefined);
  return [
    ...registry.names,
    ...(roles.includes("registry") ? addresses.flatMap(namesOf) : []),
    ...(registry.publicName === undefined ? [] : [registry.publicName]),
  ];
}

/** How clients write a listening address; loopback also goes by its name. */
function namesOf(address: ListenAddress): readonly string[] {
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  const isLoopback = address.host === "127.0.0.1" || address.host === "::1" || address.host === "localhost";
  return [`${host}:${address.port}`, ...(isLoopback ? [`localhost:${address.port}`] : [])];
}
