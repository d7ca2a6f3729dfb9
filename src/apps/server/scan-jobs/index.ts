// SPDX-License-Identifier: Apache-2.0
export { type ScanJobs, startScanJobs } from "./start-scan-jobs.ts";
