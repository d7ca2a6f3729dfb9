// SPDX-License-Identifier: Apache-2.0
export { renderCompatibleDenial, renderCompatibleResource, withLead } from "./compatible-denial.ts";
export { DEFAULT_REGISTRY_POLICIES, defaultClusterPolicies } from "./default-policies.ts";
export { PolicyError, type PolicyErrorCode, type PolicyProblem } from "./errors.ts";
export { type EvaluationInput, evaluate } from "./evaluate.ts";
export { type EvaluatedWorkload, evaluateWorkload, type WorkloadVerdict } from "./evaluate-workload.ts";
export { EXEMPTIBLE_CODES } from "./exemptible-codes.ts";
export { factsNeeded, type NeededFacts } from "./facts-needed.ts";
export type { CreationFacts, ImageFacts, PlatformFacts, ScanFacts, TrustFacts } from "./image-facts.ts";
export { spellingsOf } from "./image-spelling.ts";
export { isBeyondScanner } from "./is-beyond-scanner.ts";
export type { IndexRule } from "./judge-entry.ts";
export { selectPlatforms, type WantedPlatforms } from "./judged-platforms.ts";
export { matchRepositoryName } from "./match-repository-name.ts";
export { type NamespaceShare, shareOf } from "./namespace-share.ts";
export { type ParsedPolicies, parsePolicyDocuments } from "./parse-policy-documents.ts";
export { type ParsedPolicyObject, parsePolicyObject } from "./parse-policy-object.ts";
export type { CompatibleSpelling, ImageChecks, PolicyDocument, RepositoryEntry } from "./policy-document.ts";
export { POLICY_API_VERSION } from "./policy-document.ts";
export type { PolicyException, UsedException } from "./policy-exception.ts";
export { policySchemas } from "./policy-schemas.ts";
export type { PolicySecret, SecretScope } from "./policy-secret.ts";
export { createPolicySet, type PolicySet } from "./policy-set.ts";
export { renderDecidingPolicy, renderReason, renderVerdict } from "./render-reason.ts";
export { renderReportCommand } from "./render-report-command.ts";
export { type EntrySelection, type PolicyQuestion, selectEntry, spellingFor } from "./select-entry.ts";
export { SETTINGS_POLICY } from "./settings-policy-name.ts";
export type {
  DecidingPolicy,
  Reason,
  ReasonCode,
  TrustSigner,
  TrustSummary,
  Verdict,
  WorkloadReasonCode,
} from "./verdict.ts";
export type { LabelRequirement, WorkloadChecks } from "./workload-checks.ts";
