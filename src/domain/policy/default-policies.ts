// SPDX-License-Identifier: Apache-2.0
import type { PolicyDocument } from "./policy-document.ts";

/**
 * The policy in force when none is configured: the scan is complete, and nothing is vulnerable for which a fix exists.
 * Signatures join it once they are checked (gate.md, "Meaning" 7).
 */
export const DEFAULT_POLICIES: readonly PolicyDocument[] = [
  {
    kind: "ClusterImagePolicy",
    name: "haechi-default",
    repositories: [
      {
        name: "*",
        policy: { scan: { required: true }, vulnerability: { maxSeverity: "none", onlyFixable: true } },
      },
    ],
  },
];
