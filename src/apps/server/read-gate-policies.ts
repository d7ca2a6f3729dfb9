// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { Configuration } from "#configuration";
import { DEFAULT_REGISTRY_POLICIES, defaultClusterPolicies } from "#policy";
import { readPolicyFiles, readRequiredSignatures } from "#policy-files";
import type { GatePolicies } from "./context.ts";

/**
 * What the gates judge by. Where files are configured they count everywhere; without any, the registry asks for the scan
 * only, so that nobody needs keys to begin, and admission has the defaults of a cluster (gate.md, "Meaning" 7). The
 * signatures that `registry.requireSignatures` asks for are mandatory at both. Throws the errors of policy files.
 */
export async function readGatePolicies(
  configuration: Pick<Configuration, "policyFiles"> & {
    readonly registry: Pick<Configuration["registry"], "requireSignatures">;
  },
  registryName: string,
  log: Pick<Logger, "warn">,
): Promise<GatePolicies> {
  const required = await readRequiredSignatures(configuration.registry.requireSignatures, registryName);
  const { policyFiles } = configuration;
  const { documents, secrets, warnings } = await readPolicyFiles(policyFiles, []);
  for (const warning of warnings) {
    log.warn({ ...warning }, "a policy document is accepted and probably not meant");
  }
  const isConfigured = policyFiles.length > 0;
  return {
    registry: { documents: [...(isConfigured ? documents : DEFAULT_REGISTRY_POLICIES), ...required], secrets },
    admission: { documents: [...(isConfigured ? documents : defaultClusterPolicies()), ...required], secrets },
  };
}
