// SPDX-License-Identifier: Apache-2.0
export type { Advisory, AdvisoryDatabaseInfo, AdvisorySource, Severity } from "#advisories";
export { type AdvisoryDatabase, openAdvisoryDatabase } from "#advisory-db";
export { CodedError } from "#base";
export {
  applySuppressions,
  explainFinding,
  type Finding,
  type FindingExplanation,
  type ObservationFinding,
  type ScanReport,
  type SuppressedFinding,
  type SuppressionStatement,
  type VulnerabilityFinding,
} from "#findings";
export type { Inventory, Package } from "#packages";
export { parseIgnoreFile, parseVex, renderCsafVex, renderCycloneDxVex, renderOpenVex } from "#suppressions";
export { compareVersions, type VersionOrder, type VersionScheme } from "#versions";
export { report, type ScanOptions, type ScanResult, scan } from "./scan.ts";
