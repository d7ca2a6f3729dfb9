// SPDX-License-Identifier: Apache-2.0
export {
  createLocalInspectToken,
  createReplicaInspectToken,
  REPLICA_TOKEN_LIFE_MS,
} from "./access/local-inspect-token.ts";
export { type RegistryPatience, startRegistry } from "./start-registry.ts";
