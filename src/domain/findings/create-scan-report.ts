// SPDX-License-Identifier: Apache-2.0
import type { AdvisorySource } from "#advisories";
import type { Inventory } from "#packages";
import { applySuppressions, type SuppressionContext } from "./apply-suppressions.ts";
import { matchInventory } from "./match-inventory.ts";
import { inObservationOrder } from "./report-order.ts";
import type { ScanReport } from "./scan-report.ts";
import type { SuppressionStatement } from "./suppression-statement.ts";

/**
 * The report on one image: its inventory, what the advisories say about it, and what statements clear. Pure: equal inputs give equal
 * reports, and a stored inventory with a new database gives what a new scan would.
 */
export function createScanReport(scan: {
  readonly image: ScanReport["image"];
  readonly inventory: Inventory;
  readonly source: AdvisorySource;
  readonly suppressions?: SuppressionContext & { readonly statements: readonly SuppressionStatement[] };
}): ScanReport {
  const { image, inventory, source, suppressions } = scan;
  const { findings, cleared, coverageGaps } = matchInventory(inventory, source);
  const otherFindings = (inventory.observations ?? []).toSorted(inObservationOrder);
  const support = inventory.distribution === undefined ? undefined : source.supportOf?.(inventory.distribution);
  const report: ScanReport = {
    image,
    inventory,
    findings,
    ...(otherFindings.length === 0 ? {} : { otherFindings }),
    ...(cleared.length === 0 ? {} : { suppressed: cleared }),
    ...(support === undefined ? {} : { support }),
    coverageGaps,
    database: source.info,
  };
  return suppressions === undefined ? report : applySuppressions(report, suppressions.statements, suppressions);
}
