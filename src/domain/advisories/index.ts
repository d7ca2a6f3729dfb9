// SPDX-License-Identifier: Apache-2.0
export type {
  Advisory,
  AdvisoryDatabaseInfo,
  AdvisorySource,
  AdvisoryStatus,
  AffectedRange,
  Exploitation,
  Severity,
  SeverityStatement,
  SupportPeriod,
} from "./advisory.ts";
export { type AdvisoryOrigin, originOf } from "./advisory-origin.ts";
export { canonicalEcosystem } from "./canonical-ecosystem.ts";
export { canonicalPackageName } from "./canonical-package-name.ts";
export { compareWithBound } from "./compare-with-bound.ts";
export { severityOfCvss } from "./cvss-severity.ts";
export { parseDebianTrackerPackage } from "./debian-tracker/parse-debian-tracker.ts";
export { detectFormat, type SourceFormat } from "./detect-format.ts";
export { parseAdvisoryDocument } from "./document.ts";
export { ecosystemFamily, isKnownEcosystem, isOfDistribution, versionSchemeOf } from "./ecosystem.ts";
export { ecosystemOf } from "./ecosystem-of-distribution.ts";
export { parseEndOfLife } from "./endoflife/parse-end-of-life.ts";
export { supportKeysOf } from "./endoflife/support-keys.ts";
export { parseAlmaErratum } from "./errata/parse-alma-erratum.ts";
export { parseEpssLine } from "./exploitation/parse-epss-line.ts";
export { parseKevEntry } from "./exploitation/parse-kev-entry.ts";
export { judgeVersion, type VersionJudgement } from "./judge-version.ts";
export { parseKubernetesFeedItem } from "./kubernetes-feed/parse-kubernetes-feed-item.ts";
export { parseNvdEntry } from "./nvd/parse-nvd-entry.ts";
export { NVD_SOURCE } from "./nvd-source.ts";
export { publisherOf } from "./osv/osv-severity.ts";
export { type OsvProblem, type OsvSkip, type ParsedOsvRecord, parseOsvRecord } from "./osv/parse-osv-record.ts";
export { createOvalReader } from "./oval/oval-reader.ts";
export {
  type ExploitationRecord,
  type ParsedRecords,
  type SeverityRecord,
  type SupportRecord,
} from "./parsed-records.ts";
export { parseSecdb } from "./secdb/parse-secdb.ts";
export { compareSeverity, SEVERITIES, severityOfLabel } from "./severity.ts";
export { severityStatementOf } from "./severity-statement.ts";
export { UNKNOWN_TIME } from "./unknown-time.ts";
export { createUpdateinfoReader } from "./updateinfo/updateinfo-reader.ts";
export type { XmlRecordReader } from "./xml-record-reader.ts";
