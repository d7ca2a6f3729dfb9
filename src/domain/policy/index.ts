// SPDX-License-Identifier: Apache-2.0
export { renderCompatibleDenial } from "./compatible-denial.ts";
export { DEFAULT_REGISTRY_POLICIES, defaultClusterPolicies } from "./default-policies.ts";
export { PolicyError, type PolicyErrorCode, type PolicyProblem } from "./errors.ts";
export { type EvaluationInput, evaluate } from "./evaluate.ts";
export { factsNeeded, type NeededFacts } from "./facts-needed.ts";
export type { ImageFacts, PlatformFacts, ScanFacts, TrustFacts } from "./image-facts.ts";
export type { IndexRule } from "./judge-entry.ts";
export { type ParsedPolicies, parsePolicyDocuments } from "./parse-policy-documents.ts";
export type { CompatibleSpelling, ImageChecks, PolicyDocument, RepositoryEntry } from "./policy-document.ts";
export { POLICY_API_VERSION } from "./policy-document.ts";
export type { PolicySecret, SecretScope } from "./policy-secret.ts";
export { renderDecidingPolicy, renderReason, renderVerdict } from "./render-reason.ts";
export type { PolicyQuestion } from "./select-entry.ts";
export type { DecidingPolicy, Reason, ReasonCode, TrustSigner, TrustSummary, Verdict } from "./verdict.ts";
