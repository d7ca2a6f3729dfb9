// SPDX-License-Identifier: Apache-2.0
export type { BundleCandidate, CosignCandidate, LegacyCandidate } from "./cosign-candidate.ts";
export { COSIGN_SIGN_PREDICATE_TYPE, DSSE_TYPE, IN_TOTO_TYPE, SIMPLE_SIGNING_TYPE } from "./cosign-candidate.ts";
export type { CosignVerifier, EnvelopeFinding, KindFindings } from "./cosign-verifier.ts";
export { createCosignVerifier } from "./cosign-verifier.ts";
export { CosignError, type CosignErrorCode } from "./errors.ts";
export type { SigstoreTrustRoot } from "./trust-root.ts";
export { parseTrustedRoot } from "./trust-root.ts";
