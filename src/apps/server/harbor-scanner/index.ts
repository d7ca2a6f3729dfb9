// SPDX-License-Identifier: Apache-2.0

export {
  HarborScanError,
  type HarborScanErrorCode,
  type HarborScanning,
  type HarborScanState,
} from "./harbor-scanning.ts";
export {
  HARBOR_TYPES,
  type HarborReport,
  type HarborVulnerability,
  metadataSchema,
  reportSchema,
  SBOM_TYPES,
  type SbomType,
  SEVERITIES,
  scanRequestSchema,
  scanResponseSchema,
  vulnerabilitySchema,
} from "./harbor-schemas.ts";
export { OURSELVES, toHarborReport, toHarborSbom } from "./to-harbor-report.ts";
