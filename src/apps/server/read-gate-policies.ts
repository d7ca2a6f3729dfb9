// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { Configuration } from "#configuration";
import {
  createPolicySet,
  DEFAULT_REGISTRY_POLICIES,
  defaultClusterPolicies,
  type PolicyDocument,
  type PolicySet,
} from "#policy";
import { readPolicyFiles, readRequiredSignatures } from "#policy-files";
import type { GatePolicies, PolicySource } from "./context.ts";

/** What the files of the configuration say. */
export interface FilePolicies extends Pick<PolicySet, "documents" | "secrets" | "exceptions"> {
  /** Whether any policy file is configured. */
  readonly isConfigured: boolean;
  /** What `registry.requireSignatures` stands for; mandatory at both gates. */
  readonly required: readonly PolicyDocument[];
}

/** What a cluster adds to the files. */
export interface ClusterPolicies
  extends Pick<PolicySet, "documents" | "secrets" | "exceptions">,
    Required<Pick<PolicySet, "systemNamespace" | "secretNamespace">> {}

/** Reads the files. Throws their errors. */
export async function readFilePolicies(
  configuration: Pick<Configuration, "policyFiles"> & {
    readonly registry: Pick<Configuration["registry"], "requireSignatures">;
  },
  registryName: string,
  log: Pick<Logger, "warn">,
): Promise<FilePolicies> {
  const required = await readRequiredSignatures(configuration.registry.requireSignatures, registryName);
  const { policyFiles } = configuration;
  const { documents, secrets, exceptions, warnings } = await readPolicyFiles(policyFiles, []);
  for (const warning of warnings) {
    log.warn({ ...warning }, "a policy document is accepted and probably not meant");
  }
  return { documents, secrets, exceptions, required, isConfigured: policyFiles.length > 0 };
}

/**
 * What the gates judge by. Files and cluster count together, everywhere. Where neither says anything, the registry asks for
 * the scan only, so that nobody needs keys to begin; admission has the defaults of a cluster (gate.md, "Meaning" 7)
 * where no cluster is watched, and refuses everything where one is: there the chart installs them as objects, which
 * somebody who removed them did not want.
 */
export function poolPolicies(files: FilePolicies, cluster?: ClusterPolicies): GatePolicies {
  const { required, isConfigured } = files;
  const documents = [...files.documents, ...(cluster?.documents ?? [])];
  const secrets = [...files.secrets, ...(cluster?.secrets ?? [])];
  const exceptions = [...files.exceptions, ...(cluster?.exceptions ?? [])];
  const scope =
    cluster === undefined ? {} : { systemNamespace: cluster.systemNamespace, secretNamespace: cluster.secretNamespace };
  // The registry does not know namespaces: policies of namespaces alone leave it without any.
  const hasOwn = isConfigured || documents.some(({ kind }) => kind === "ClusterImagePolicy");
  const atAdmission = isConfigured || cluster !== undefined ? documents : defaultClusterPolicies();
  return {
    registry: createPolicySet({
      documents: [...(hasOwn ? documents : DEFAULT_REGISTRY_POLICIES), ...required],
      secrets,
      exceptions,
      ...scope,
    }),
    admission: createPolicySet({ documents: [...atAdmission, ...required], secrets, exceptions, ...scope }),
  };
}

/** Policies that stay as they are while the process lives. */
export function fixedPolicies(gates: GatePolicies): PolicySource {
  return { current: () => gates, subscribe: () => () => undefined, isReady: true };
}
