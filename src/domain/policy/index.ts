// SPDX-License-Identifier: Apache-2.0
export { DEFAULT_POLICIES } from "./default-policies.ts";
export { PolicyError, type PolicyErrorCode, type PolicyProblem } from "./errors.ts";
export { type EvaluationInput, evaluate, type IndexRule, policyNeedsFacts } from "./evaluate.ts";
export type { ImageFacts, PlatformFacts, ScanFacts } from "./image-facts.ts";
export { parsePolicyDocuments } from "./parse-policy-documents.ts";
export type { ImageChecks, PolicyDocument, RepositoryEntry } from "./policy-document.ts";
export { POLICY_API_VERSION } from "./policy-document.ts";
export { renderReason, renderVerdict } from "./render-reason.ts";
export type { DecidingPolicy, Reason, ReasonCode, Verdict } from "./verdict.ts";
