// SPDX-License-Identifier: Apache-2.0
import type { NotationTrustPolicy, TrustPolicyStatement } from "./trust-policy.ts";

/**
 * The statement for a repository (`registry.example/team/app`): the one that names it, else the one for `*`, else none,
 * which means that nothing is trusted (specification "Selecting a trust policy based on artifact URI").
 */
export function selectStatement(policy: NotationTrustPolicy, repository: string): TrustPolicyStatement | undefined {
  return (
    policy.statements.find((each) => each.registryScopes !== "*" && each.registryScopes.includes(repository)) ??
    policy.statements.find((each) => each.registryScopes === "*")
  );
}
