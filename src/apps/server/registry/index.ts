// SPDX-License-Identifier: Apache-2.0
export {
  createLocalInspectToken,
  createReplicaInspectToken,
  REPLICA_TOKEN_LIFE_MS,
} from "./access/local-inspect-token.ts";
export { type OpenContent, openRegistryContent } from "./content/open-registry-content.ts";
export type { RegistryPatience } from "./open-listener.ts";
export { openProxyCache } from "./proxy-cache/open-proxy-cache.ts";
export { type RunningRegistry, startRegistry } from "./start-registry.ts";
