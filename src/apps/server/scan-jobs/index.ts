// SPDX-License-Identifier: Apache-2.0
export { runScanProcess } from "./run-scan-process.ts";
export { type ScanJobs, startScanJobs } from "./start-scan-jobs.ts";
