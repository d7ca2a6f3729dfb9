// SPDX-License-Identifier: Apache-2.0
export { externalScanJob } from "./external-scan-parameters.ts";
export { externalScanTrigger } from "./external-scan-trigger.ts";
export { externalScanWorker } from "./external-scan-worker.ts";
export { type ForeignFindings, openForeignFindings } from "./foreign-findings.ts";
export { parseStoredReport, type StoredForeignReport } from "./read-report.ts";
export {
  bindScannerCredentials,
  hasScannerCredentials,
  removeScannerCredentials,
  writeScannerCredentials,
} from "./scanner-credentials.ts";
