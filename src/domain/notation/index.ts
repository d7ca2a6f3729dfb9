// SPDX-License-Identifier: Apache-2.0
export {
  assertNotationMaterial,
  createNotationVerifier,
  type NotationFindings,
  type NotationVerifier,
} from "./notation-verifier.ts";
export type { RevocationQuestion, RevocationSource } from "./revocation/revocation-source.ts";
export { parseNotationTrustPolicy } from "./trust-policy/parse-trust-policy.ts";
export type { SubjectPattern } from "./trust-policy/subject-pattern.ts";
export type {
  Enforcement,
  NotationTrustPolicy,
  TrustPolicyProblem,
  TrustPolicyStatement,
} from "./trust-policy/trust-policy.ts";
export type { NotationCandidate } from "./verify-candidate.ts";
