// SPDX-License-Identifier: Apache-2.0
export { CREDENTIAL_WORDS } from "./credential-words.ts";
export { findConfigSecrets } from "./find-config-secrets.ts";
export { type FoundSecret, findSecrets, type SecretScope, type SecretSearch } from "./find-secrets.ts";
export { hideSecrets } from "./hide-secrets.ts";
export { SECRET_RULES } from "./rules/secret-rules.ts";
export { createSecretAnalyzer, SECRET_ANALYZER, type SecretAnalyzerOptions } from "./secret-analyzer.ts";
export type { Credential, SecretRule } from "./secret-rule.ts";
export { isSecretVariable } from "./secret-variable.ts";
export type { SkipReason } from "./skip-reason.ts";
export { toObservation as toSecretObservation } from "./to-observation.ts";
