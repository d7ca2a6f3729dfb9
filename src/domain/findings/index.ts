// SPDX-License-Identifier: Apache-2.0

export { createScanReport } from "./create-scan-report.ts";
export type { CoverageGap, Finding, VulnerabilityFinding } from "./finding.ts";
export { matchInventory } from "./match-inventory.ts";
export type { ScanReport } from "./scan-report.ts";
