// SPDX-License-Identifier: Apache-2.0
export { type CompiledConditions, type ConditionOutcome, compileConditions } from "./conditions/compile-conditions.ts";
export {
  type AttestationFindings,
  type AttestationVerifier,
  createAttestationVerifier,
} from "./create-attestation-verifier.ts";
export { AttestationError, type AttestationErrorCode } from "./errors.ts";
export {
  IN_TOTO_PAYLOAD_TYPE,
  type InTotoStatement,
  type InTotoSubject,
  parseStatement,
  renderStatement,
} from "./in-toto-statement.ts";
export {
  CYCLONEDX_PREDICATE_TYPE,
  PREDICATE_TYPES,
  SCAN_PREDICATE_TYPE,
  toPredicateType,
  VERDICT_PREDICATE_TYPE,
} from "./predicate-types.ts";
export { policyDigest } from "./predicates/policy-digest.ts";
export { type ScanPredicate, toScanPredicate } from "./predicates/scan-predicate.ts";
export {
  parseVerdictPredicate,
  toVerdictPredicate,
  type VerdictPredicate,
  type VerdictReason,
} from "./predicates/verdict-predicate.ts";
