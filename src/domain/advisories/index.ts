// SPDX-License-Identifier: Apache-2.0
export type {
  Advisory,
  AdvisoryDatabaseInfo,
  AdvisorySource,
  AffectedRange,
  Severity,
} from "./advisory.ts";
export { severityOfCvss } from "./cvss-severity.ts";
export { ecosystemFamily, isKnownEcosystem, versionSchemeOf } from "./ecosystem.ts";
export { ecosystemOf } from "./ecosystem-of-distribution.ts";
export { judgeVersion, type VersionJudgement } from "./judge-version.ts";
export { type OsvProblem, type OsvSkip, type ParsedOsvRecord, parseOsvRecord } from "./osv/parse-osv-record.ts";
export { compareSeverity, SEVERITIES, severityOfLabel } from "./severity.ts";
