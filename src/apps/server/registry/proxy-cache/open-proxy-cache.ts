// SPDX-License-Identifier: Apache-2.0
import { arch } from "node:process";
import type { ServerContext } from "../../context.ts";
import type { RegistryContent } from "../content/registry-content.ts";
import { UpstreamClients } from "../upstream/upstream-clients.ts";
import { ProxyCache } from "./proxy-cache.ts";

/** As Go and images call the processors that Node runs on. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

/** The caches of this process; the caller disposes them. */
export function openProxyCache(
  context: Pick<ServerContext, "configuration" | "database" | "settings" | "telemetry" | "clock">,
  content: RegistryContent,
  nodePlatforms: () => readonly string[] = () => [],
): ProxyCache {
  const { configuration, database, settings, telemetry, clock } = context;
  const own = `linux/${ARCHITECTURES[arch] ?? arch}`;
  return new ProxyCache({
    database,
    content,
    settings,
    clients: new UpstreamClients({ configuration, secrets: database.secrets }),
    registryName: () => configuration.registry.names[0] ?? "",
    platforms: () => {
      const known = nodePlatforms();
      return known.length > 0 ? known : [own];
    },
    telemetry,
    clock,
  });
}
