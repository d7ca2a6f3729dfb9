// SPDX-License-Identifier: Apache-2.0
import type { Configuration, ListenAddress } from "./configuration.ts";

/**
 * The names (host, host:port) of our registry, the main one first: those that are configured, then the address that it
 * listens on. Server and command line match policies by all of them, so that both come to the same entry.
 */
export function registryNamesOf({ registry, listen }: Pick<Configuration, "registry" | "listen">): readonly string[] {
  return [...registry.names, ...namesOf(listen.registry)];
}

/** How clients write a listening address; loopback also goes by its name. */
function namesOf(address: ListenAddress): readonly string[] {
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  const isLoopback = address.host === "127.0.0.1" || address.host === "::1" || address.host === "localhost";
  return [`${host}:${address.port}`, ...(isLoopback ? [`localhost:${address.port}`] : [])];
}
