// SPDX-License-Identifier: Apache-2.0

import type { PolicyDocument } from "./policy-document.ts";
import { DEFAULT_SYSTEM_NAMESPACE } from "./policy-secret.ts";

const COMPLETE_SCAN = { scan: { required: true }, vulnerability: { maxSeverity: "none", onlyFixable: true } } as const;

/**
 * The policy of a registry's pull gate when none is configured: the scan is complete, and nothing is vulnerable for which
 * a fix exists. It asks for no signature, so that nobody needs keys to begin.
 */
export const DEFAULT_REGISTRY_POLICIES: readonly PolicyDocument[] = [
  { kind: "ClusterImagePolicy", name: "haechi-default", repositories: [{ name: "*", policy: COMPLETE_SCAN }] },
];

/**
 * The policies of a cluster when none is configured (gate.md, "Meaning" 7): content trust and scan for everything,
 * except in `kube-system` and Haechi's own namespace, so that the gate blocks neither the cluster nor itself. Trust on
 * first use, since nobody has pinned a root key yet.
 */
export function defaultClusterPolicies(systemNamespace: string = DEFAULT_SYSTEM_NAMESPACE): readonly PolicyDocument[] {
  const unchecked = [...new Set(["kube-system", systemNamespace])].map(
    (namespace): PolicyDocument => ({
      kind: "ImagePolicy",
      name: "haechi-default",
      namespace,
      repositories: [{ name: "*" }],
    }),
  );
  return [
    {
      kind: "ClusterImagePolicy",
      name: "haechi-default",
      repositories: [{ name: "*", policy: { trust: { enabled: true, trustOnFirstUse: true }, ...COMPLETE_SCAN } }],
    },
    ...unchecked,
  ];
}
