// SPDX-License-Identifier: Apache-2.0

/**
 * A Kubernetes Secret that policies name, from a policy file or the cluster. `data` is decoded text; what is no UTF-8
 * stays base64. Never show a value.
 */
export interface PolicySecret {
  /** Absent in a file that names none: then it belongs to Haechi's own namespace. */
  readonly namespace?: string;
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
}

/** Where Secrets are looked for. */
export interface SecretScope {
  readonly secrets?: readonly PolicySecret[];
  /** Haechi's own namespace, for the Secrets of ClusterImagePolicies; default {@link DEFAULT_SYSTEM_NAMESPACE}. */
  readonly systemNamespace?: string;
  /**
   * `policy` (default): an ImagePolicy's own namespace, and Haechi's for a ClusterImagePolicy, or a tenant would choose
   * the keys of a cluster policy (gate.md, "Meaning" 9). `request`: as Portieris, the namespace of the workload, or the
   * one that `keySecretNamespace` names.
   */
  readonly secretNamespace?: "policy" | "request";
}

/** The namespace that the chart installs into. */
export const DEFAULT_SYSTEM_NAMESPACE = "haechi-system";
