// SPDX-License-Identifier: Apache-2.0
export { compareVerdicts, type VerdictChange } from "./compare-verdicts.ts";
export { PolicyToolsError, type PolicyToolsErrorCode } from "./errors.ts";
export { type EntryFate, type ExplainedEntry, type ExplainedSelection, explainSelection } from "./explain-selection.ts";
export type { LintCode, LintFinding } from "./lint-finding.ts";
export { type LintInput, lintPolicies } from "./lint-policies.ts";
export { type MigratedPolicy, migratePolicy } from "./migrate-policy.ts";
export type { MigrationChange, MigrationCode, SecretMove } from "./migration-change.ts";
export { nameObject } from "./name-object.ts";
export { namedSecrets } from "./named-secrets.ts";
export { type PolicyTest, type PolicyTestFile, parsePolicyTests } from "./policy-test.ts";
export {
  checkVerdict,
  failUnchecked,
  type PolicyTestResult,
  runPolicyTest,
  type TestedPolicies,
  type TestFailure,
} from "./run-policy-test.ts";
