// SPDX-License-Identifier: Apache-2.0
import type { AdvisorySource } from "#advisories";
import type { Inventory } from "#packages";
import { matchInventory } from "./match-inventory.ts";
import type { ScanReport } from "./scan-report.ts";

/** The report on one image: its inventory, and what the advisories say about it. Pure: equal inputs give equal reports. */
export function createScanReport(scan: {
  readonly image: ScanReport["image"];
  readonly inventory: Inventory;
  readonly source: AdvisorySource;
}): ScanReport {
  const { image, inventory, source } = scan;
  const { findings, coverageGaps } = matchInventory(inventory, source);
  return { image, inventory, findings, coverageGaps, database: source.info };
}
