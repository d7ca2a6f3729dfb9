// SPDX-License-Identifier: Apache-2.0
export { renderCycloneDx, toCycloneDx } from "./cyclonedx/render-cyclonedx.ts";
export { renderScanJson } from "./json/render-scan-json.ts";
export { toReportJson } from "./json/report-json.ts";
export type { ScanOutcome } from "./scan-outcome.ts";
export { renderScanTable, type TableOptions } from "./table/render-scan-table.ts";
export { renderVerificationJson } from "./verification/render-verification-json.ts";
export { renderVerificationTable } from "./verification/render-verification-table.ts";
export {
  stateOfAll,
  type VerificationOutcome,
  type VerifiedRequirement,
  type VerifiedSubject,
} from "./verification/verification-outcome.ts";
